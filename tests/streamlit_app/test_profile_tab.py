"""The tab with a dataset's profile and the rules that its rows suggest."""

from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from hestia_assets.core.specs import DatasetSpec, Severity
from streamlit_app.components.sentences import MARKDOWN

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

HEADER = "no,status,amount,day,note,again,who"
NOTES = ("", "x", "xx", "xxx")


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


ROWS = [
    ",".join(
        [
            f"R-{n:04}",
            "opne" if n == 5 else ("open", "paid")[n % 2],
            f"{n * 3 % 97}",
            f"2026-01-{n % 28 + 1:02}",
            NOTES[n % 4],
            NOTES[n % 4],
            f"{'xy'[n % 2] * (n % 9 + 1)} {_letters(n)}" if n % 10 else f"{n}-{n}",
        ]
    )
    for n in range(300)
]


@pytest.fixture
def orders(pages_home: "Hestia") -> DatasetSpec:
    """A dataset of 300 rows from two files."""
    data = [("\n".join([HEADER, *part, ""])).encode() for part in (ROWS[:200], ROWS[200:])]
    recipe = pages_home.ingest.inspect(BytesIO(data[0]), file_name="a.csv").recipe
    spec = DatasetSpec(name="orders", recipe=recipe)
    pages_home.catalog.save(spec, author="ada")
    for number, part in enumerate(data):
        received = pages_home.ingest.receive(spec, BytesIO(part), file_name=f"{number}.csv", author="ada")
        pages_home.ingest.run(received.batch.id)
    return spec


def on_the_tab(open_page):
    at = open_page("datasets", dataset="orders")
    at.session_state["tab-orders"] = "Profile"
    return at.run()


def test_draws_each_column_of_the_table_or_of_one_file(open_page, orders, pages_home):
    at = on_the_tab(open_page)

    cards = [one.value for one in at.markdown if one.value.startswith("**")]
    assert [card.partition("**")[2].partition("**")[0] for card in cards][:7] == HEADER.split(",")
    captions = " ".join(one.value for one in at.caption)
    assert "300 rows as they are in the table now" in captions
    assert "All different." in captions
    assert "Looks like 1 letter, “\\-”, 4 digits (all, such as `R-0000`)." in captions
    assert "Looks like 4 letters (all, such as `open`)." in captions
    assert "A stands for one or more letters, 9 for one or more digits" in captions
    shapes = next(frame.value for frame in at.dataframe if "Looks like" in frame.value.columns)
    assert list(shapes["Looks like"])[:2] == ["A A", "9-9"]
    assert sum(shapes["Rows"]) == 300

    newest = pages_home.batches.last_files("default", "orders", limit=1)[0]
    at.selectbox(key="profile-of-orders").set_value(newest.id).run()

    assert "100 rows as they are in the table now" in " ".join(one.value for one in at.caption)
    assert not at.exception


def test_a_suggested_rule_is_looked_at_and_accepted(open_page, orders, pages_home):
    at = on_the_tab(open_page)
    at.button_group(key="profile-part-orders").set_value("Rules that the rows suggest").run()
    assert any("300 of 300 values are different" in one.value for one in at.markdown)
    assert any("1 of 300 rows would fail, such as opne" in one.value for one in at.markdown)

    at.toggle(key="suggestions-orders-1-in_set__status-rows").set_value(True).run()
    assert any("opne" in frame.value.to_string() for frame in at.dataframe)

    at.button(key="suggestions-orders-1-in_set__status-accept").click().run()

    assert not at.exception
    (check,) = pages_home.catalog.get("dataset", "default", "orders").spec.checks
    assert (check.name, check.severity, check.params["values"]) == ("in_set__status", Severity.WARN, ["open", "paid"])
    assert any("holds from the next file on" in one.value for one in at.success)
    assert not any(one.key == "suggestions-orders-2-in_set__status-accept" for one in at.button)
    assert any(one.key == "suggestions-orders-2-unique__no-accept" for one in at.button)


def test_code_on_a_page_shows_exactly_what_is_in_the_file():
    shown = {"AB-1": "`AB-1`", "a``b": "```a``b```", "`": "`` ` ``", "x\n\n# boom": "`x⏎# boom`"}

    assert {text: MARKDOWN.code(text) for text in shown} == shown
