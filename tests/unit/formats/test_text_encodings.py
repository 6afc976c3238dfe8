"""Which encoding short western texts have, where chardet knows next to nothing."""

from io import BytesIO

import pytest

from hestia_assets.formats._text.encoding import guess_encoding


@pytest.mark.parametrize("line", ["Zoë Groß;Köln", "Müller;Köln", "José;Málaga", "Gürtel;Größe 5½"])
def test_western_names_repeated_a_thousand_times_are_windows_text(line: str):
    guess = guess_encoding(BytesIO(b"name;city\r\n" + f"{line}\r\n".encode("cp1252") * 1000), file_name="x.csv")

    assert guess.name == "cp1252"


@pytest.mark.parametrize(
    "word",
    [
        "Tromsø",
        "città",
        "élève",
        "niño",
        "Noël",
        "déjà",
        "Guimarães",
        "20 °C",
        "µm",
        "1º",
        "Größe",
        "it\u2019s",
        "MÜNCHEN",
    ],
)
def test_a_single_western_word_is_windows_text(word: str):
    guess = guess_encoding(BytesIO(f"id,name\n1,{word}\n2,plain\n".encode("cp1252")), file_name="x.csv")

    assert guess.name == "cp1252"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Łukasz;Łódź\nPaweł;Poznań", "cp1250"),
        ("Jiří;Plzeň\nTomáš;Děčín", "cp1250"),
        ("Ça\u011fr\u0131;Muğla\nI\u015f\u0131l;Iğd\u0131r", "cp1254"),
        ("Иван;Москва", "cp1251"),
        ("Rūta;Panevėžys\nŽivilė;Šiauliai", "cp1257"),
        ("臺北;高雄市", "big5"),
        ("王伟;上海市", "gb18030"),
    ],
)
def test_words_of_other_languages_are_not_taken_for_western_ones(text: str, encoding: str):
    data = f"name;city\n{text}\n".encode(encoding)

    assert data.decode(guess_encoding(BytesIO(data), file_name="x.csv").name) == data.decode(encoding)


def test_mac_german_has_no_capitals_within_words():
    data = "Straße,Stadt,PLZ\nGrünstraße 1,Köln,50667\nÄußere Gasse,München,80331\nWeg 3,Berlin,10115\n".encode(
        "mac-roman"
    )

    assert guess_encoding(BytesIO(data), file_name="x.csv").name == "mac-roman"
