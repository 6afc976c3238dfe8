"""FACTS 1 to 10, 20, 21: what usual readers lose or change in a CSV file is kept, or set aside with its line."""

from datetime import date
from decimal import Decimal

import pytest


def test_fact_1_a_last_line_with_another_delimiter_does_not_turn_the_table_over(through):
    outcome = through("c0\nv0\na;b", "one.csv")

    kept = outcome.column("c0")
    aside = outcome.rows("quarantine")
    assert [column.source for column in outcome.inspection.recipe.columns] == ["c0"]
    assert kept[0] == "v0"
    assert kept == ["v0", "a;b"] or list(aside.select("_line", "text").iter_rows()) == [(3, "a;b")]


def test_fact_2_rows_that_grow_wider_late_are_set_aside_one_by_one(through):
    narrow, wide = 20_000, 10_000
    lines = ["id,name", *(f"{n},a{n}" for n in range(narrow)), *(f"{n},b{n},more" for n in range(wide))]

    outcome = through("\n".join(lines) + "\n", "growing.csv")

    assert [column.source for column in outcome.inspection.recipe.columns] == ["id", "name"]
    assert (outcome.batch.rows_loaded, outcome.batch.rows_quarantined) == (narrow, wide)
    assert outcome.aside()[0] == (narrow + 2, "ragged")


def test_fact_3_one_short_row_among_forty_costs_only_itself(through):
    lines = ["id,name,city", *(f"{n},n{n},c{n}" for n in range(1, 41))]
    lines[17] = "17,n17"

    outcome = through("\n".join(lines) + "\n", "short.csv")

    assert outcome.column("id") == [n for n in range(1, 41) if n != 17]
    assert outcome.aside() == [(18, "ragged")]


def test_fact_4_one_bad_value_late_in_a_file_is_named_and_the_counts_agree(through):
    rows = 50_002
    lines = ["id,qty", *(f"a{n},{n % 97}" for n in range(rows))]
    lines[49_990] = "a49989,many"

    outcome = through("\n".join(lines) + "\n", "late.csv", choice={"columns": {"qty": {"type": "integer"}}})

    assert (outcome.batch.rows_loaded, outcome.batch.rows_quarantined) == (rows - 1, 1)
    assert len(outcome.column("qty")) == rows - 1
    (bad,) = outcome.rows("quarantine").select("_line", "column", "value").iter_rows()
    assert bad == (49_991, "qty", "many")


def test_fact_5_an_unclosed_quote_costs_one_record_and_not_the_rest(through):
    lines = ["id,name,city", *(f'{n},"n{n}",c{n}' for n in range(1, 41))]
    lines[20] = '20,"n20,c20'

    outcome = through("\n".join(lines) + "\n", "quote.csv")

    assert outcome.column("id") == [n for n in range(1, 41) if n != 20]
    ((line, _),) = outcome.aside()
    assert line == 21
    assert outcome.rows("quarantine")["text"].to_list() == ['20,"n20,c20']


def test_fact_6_leading_zeros_stay_quoted_or_not(through):
    outcome = through('zip,code\n01569,"00123"\n10115,"00999"\n', "zips.csv")

    assert outcome.column("zip") == ["01569", "10115"]
    assert outcome.column("code") == ["00123", "00999"]


def test_fact_6_a_leading_zero_after_300_000_plain_numbers_stays(through):
    lines = ["id,x", *(f"{n},a" for n in range(100_000, 400_000)), "00042,a"]

    outcome = through("\n".join(lines) + "\n", "ids.csv")

    assert outcome.column("id")[-1] == "00042"
    assert outcome.batch.rows_quarantined == 0


def test_fact_7_a_product_code_is_no_number(through):
    outcome = through("code,qty\n12E4,1\n13E5,2\n", "codes.csv")

    assert outcome.column("code") == ["12E4", "13E5"]


def test_fact_8_a_date_that_can_be_read_in_two_ways_is_asked_about_and_not_guessed(through):
    outcome = through("id,day\n1,03/04/2024\n2,05/06/2024\n", "days.csv")

    (question,) = outcome.inspection.questions
    assert len(question.choices) >= 2
    assert outcome.column("day") == ["03/04/2024", "05/06/2024"]


def test_fact_8_the_answer_decides(through):
    day_first = {"columns": {"day": {"type": "date", "format": "%d/%m/%Y"}}}

    outcome = through("id,day\n1,03/04/2024\n2,05/06/2024\n", "days.csv", choice=day_first)

    assert outcome.column("day") == [date(2024, 4, 3), date(2024, 6, 5)]


def test_fact_9_the_country_na_stays_a_country(through):
    outcome = through("country,name\nDE,Germany\nNA,Namibia\nAT,Austria\nCH,Switzerland\n", "countries.csv")

    assert outcome.column("country", "imported") == ["DE", "NA", "AT", "CH"]
    assert outcome.column("country") == ["DE", "NA", "AT", "CH"]


def test_fact_10_lines_are_those_of_the_file_where_fields_span_lines(through):
    data = 'id,note,qty\n1,"two\nlines",5\n2,"three\nmore\nlines",6\n3,short,x1\n4,"a",7\n5,"b",8\n6,"c"\n'

    outcome = through(data, "notes.csv", choice={"columns": {"qty": {"type": "integer"}}})

    assert outcome.aside() == [(7, "type"), (10, "ragged")]
    assert outcome.rows("validated")["_line"].to_list() == [2, 4, 8, 9]


def test_fact_20_a_declared_delimiter_a_title_and_a_total_are_no_rows(through):
    data = (
        "sep=;\nSales report 2024\n\nsku;amount;price\n00A7;5;1,50\n12E4;7;2,50\n"
        "00B9;1;3,00\n00C1;2;4,00\nTotal;15;11,00\n"
    )

    outcome = through(data, "report.csv")

    assert outcome.column("sku") == ["00A7", "12E4", "00B9", "00C1"]
    assert outcome.column("price", "imported") == ["1,50", "2,50", "3,00", "4,00"]
    assert [Decimal(str(price)) for price in outcome.column("price")] == [Decimal(p) for p in ("1.5", "2.5", "3", "4")]
    assert (outcome.batch.account.header, outcome.batch.account.loaded, outcome.batch.account.footer) == (1, 4, 1)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "utf-8-sig"])
def test_fact_21_windows_text_and_utf_16_keep_their_letters(through, encoding: str):
    text = "name,city\nJürgen Groß,Köln\nZoë Brontë,Besançon\nÅsa Öberg,Malmö\nCafé “Zum Löwen”,Weißenfels\n"

    outcome = through(text.encode(encoding), "letters.csv")

    rows = list(outcome.rows("validated").select("name", "city").iter_rows())
    assert rows == [tuple(line.split(",")) for line in text.splitlines()[1:]]
