"""Which encoding short western texts have, where chardet knows next to nothing."""

from io import BytesIO

import pytest

from hestia_assets.formats._text.encoding import guess_encoding


@pytest.mark.parametrize("line", ["Zoë Groß;Köln", "Müller;Köln", "José;Málaga", "Gürtel;Größe 5½"])
def test_western_names_repeated_a_thousand_times_are_windows_text(line: str):
    guess = guess_encoding(BytesIO(b"name;city\r\n" + f"{line}\r\n".encode("cp1252") * 1000), file_name="x.csv")

    assert guess.name == "cp1252"
