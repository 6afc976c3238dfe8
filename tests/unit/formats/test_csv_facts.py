# ruff: noqa: RUF001 - words in many alphabets
"""What the usual parts lose or change without an error (FACTS, rows 1, 2, 3, 5, 6, 10, 20, 21), kept here."""

from io import BytesIO

import pytest

from hestia_assets.core.results import Inspection, LineAccount, Reject
from hestia_assets.formats.csv import FORMAT


def load(data: bytes) -> tuple[Inspection, list[tuple[str, ...]], list[Reject], LineAccount]:
    found = FORMAT.inspect(BytesIO(data), file_name="file.csv")
    chunks = list(FORMAT.read(BytesIO(data), found.recipe))
    rows = [row for chunk in chunks for row in chunk.frame.drop("_row", "_line", "_lines").iter_rows()]
    rejects = [reject for chunk in chunks for reject in chunk.rejects]
    return found, rows, rejects, sum((chunk.account for chunk in chunks), LineAccount())


def sources(found: Inspection) -> list[str]:
    return [column.source for column in found.recipe.columns]


def test_fact_1_two_lines_and_a_semicolon_keep_both_rows():
    found, rows, _, account = load(b"c0\nv0\na;b\n")

    assert (sources(found), rows) == (["c0"], [("v0",), ("a;b",)])
    assert account == LineAccount(total=3, header=1, loaded=2)


def test_fact_2_rows_that_grow_wider_late_are_set_aside_and_the_rest_is_kept():
    lines = [f"{n},x" for n in range(25_000)] + [f"{n},x,new" for n in range(25_000, 30_000)]

    found, rows, rejects, account = load(("id,name\n" + "\n".join(lines) + "\n").encode())

    assert sources(found) == ["id", "name"]
    assert (len(rows), len(rejects), rejects[0].line, rejects[0].text) == (25_000, 5_000, 25_002, "25000,x,new")
    assert account.balanced


@pytest.mark.parametrize("bad", ["17;short", "17;a;1;too long"])
def test_fact_3_one_ragged_row_among_forty_costs_itself(bad):
    lines = [f"{n};name {n};{n * 3}" for n in range(40)]
    lines[17] = bad

    found, rows, rejects, _ = load(("id;name;price\n" + "\n".join(lines) + "\n").encode())

    assert (len(sources(found)), len(rows)) == (3, 39)
    assert [(reject.line, reject.text) for reject in rejects] == [(19, bad)]


def test_fact_5_an_unclosed_quote_costs_one_record():
    lines = [f'{n},"text {n}",x' for n in range(1, 41)]
    lines[19] = '20,"never closed,x'

    _, rows, rejects, account = load(("a,b,c\n" + "\n".join(lines) + "\n").encode())

    assert [row[0] for row in rows] == [str(n) for n in range(1, 41) if n != 20]
    assert [(reject.line, reject.lines) for reject in rejects] == [(21, 1)]
    assert account.balanced


def test_fact_6_leading_zeros_are_text_as_they_stand():
    _, rows, _, _ = load(b'id,zip\n1,01569\n2,"00123"\n3,12E4\n')

    assert [row[1] for row in rows] == ["01569", "00123", "12E4"]


def test_fact_10_lines_are_those_of_the_file_where_values_span_lines():
    _, _, rejects, _ = load(b'id,note\n1,"two\nlines"\n2,x\n3,too,long\n')

    assert [(reject.row, reject.line) for reject in rejects] == [(3, 5)]


def test_fact_20_a_sep_line_a_title_block_and_a_sum_have_their_own_place():
    found, rows, _, account = load(b"sep=;\nid;price\n1;2,5\n2;3,5\nTotal;6,0\n")
    titled, titled_rows, _, titled_account = load(b"Report 2026\nall shops\n\nid,price\n1,2\n2,3\n")

    assert (found.recipe.delimiter, rows) == (";", [("1", "2,5"), ("2", "3,5")])
    assert account == LineAccount(total=5, preamble=1, header=1, footer=1, loaded=2)
    assert (sources(titled), titled_rows) == (["id", "price"], [("1", "2"), ("2", "3")])
    assert titled_account == LineAccount(total=6, preamble=2, blank=1, header=1, loaded=2)


GERMAN = "name;ort\nJürgen;Düsseldorf\nZoë;Köln\nÄnne;Gießen\n"
TEXTS = [
    (GERMAN, "cp1252"), (GERMAN, "utf-16"), (GERMAN, "utf-16-le"), (GERMAN, "utf-16-be"), (GERMAN, "utf-32"),
    (GERMAN, "utf-32-le"), (GERMAN, "mac_roman"), (GERMAN, "cp850"), (GERMAN, "utf-8-sig"),
    ("prénom,ville\nHélène,Besançon\nFrançois,Orléans\nNoël,Nîmes\n", "cp1252"),
    ("año,ciudad\n2020,Córdoba\n2021,Málaga\n2022,Logroño\n", "iso-8859-1"),
    ("imię,miasto\nŁukasz,Łódź\nŻaneta,Gdańsk\nJózef,Kraków\n", "cp1250"),
    ("imię,miasto\nŁukasz,Łódź\nŻaneta,Gdańsk\nJózef,Kraków\n", "iso-8859-2"),
    ("имя;город\nИван;Москва\nОльга;Пермь\n", "cp1251"), ("имя;город\nИван;Москва\nОльга;Пермь\n", "koi8-r"),
    ("имя;город\nИван;Москва\nОльга;Пермь\n", "utf-16-le"), ("имя;город\nИван;Москва\nОльга;Пермь\n", "cp866"),
    ("όνομα,πόλη\nΛεωνίδας,Αθήνα\nΜαρία,Πάτρα\n", "iso-8859-7"), ("ad,şehir\nÇağrı,İzmir\nŞule,Bursa\n", "cp1254"),
    ("שם,עיר\nדוד,תל אביב\nשרה,חיפה\n", "cp1255"), ("اسم,مدينة\nمحمد,القاهرة\nفاطمة,دبي\n", "cp1256"),
    ("商品,価格\nりんご,100\nバナナ,200\nみかん,50\n", "shift_jis"), ("名前,市\n太郎,東京\n花子,大阪\n", "euc_jp"),
    ("名前,市\n太郎,東京\n花子,大阪\n", "iso-2022-jp"), ("姓名,城市\n王伟,北京\n李娜,上海\n", "gb18030"),
    ("姓名,城市\n陳大文,臺北\n林小美,高雄\n", "big5"), ("이름,도시\n김철수,서울\n이영희,부산\n", "euc_kr"),
    ("preis,x\n5 €,1\n7 €,2\n", "cp1252"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "encoding"), TEXTS, ids=lambda value: value if value.isascii() else "text")
def test_fact_21_short_files_are_read_in_their_own_encoding(text, encoding):
    found, rows, _, _ = load(text.encode(encoding))

    delimiter = found.recipe.delimiter
    assert "\n".join(delimiter.join(row) for row in [tuple(sources(found)), *rows]) + "\n" == text or not (
        found.recipe.has_header
    )
    assert rows[-1] == tuple(text.splitlines()[-1].split(delimiter))


def test_fact_21_where_two_encodings_are_possible_the_rows_that_differ_are_shown():
    found, _, _, _ = load("id,ciudad\n2020,Logroño\n2021,Málaga\n2022,La Coruña\n".encode("cp1252"))

    (question,) = found.questions
    chosen = question.choices[question.chosen]
    assert question.what == "encoding"
    assert chosen.sample[0] == ("2020", "Logroño")
    assert len({choice.sample for choice in question.choices}) == len(question.choices) > 1
    assert all(len(row) == len(choice.sample_header) for choice in question.choices for row in choice.sample)


def test_fact_21_every_answer_reads_the_file():
    data = "año,ciudad\n2020,Córdoba\n2021,Málaga\n".encode("cp1252")
    found, _, _, _ = load(data)

    for choice in found.questions[0].choices:
        recipe = found.recipe.with_changes(choice.changes)
        (chunk,) = FORMAT.read(BytesIO(data), recipe)
        assert chunk.frame.height == 2
        assert chunk.account.balanced
