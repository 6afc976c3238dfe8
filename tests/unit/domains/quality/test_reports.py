"""Reports show what files hold as plain text, whatever that is, and hide nothing."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hestia_assets.core.results import Batch, BatchState, CheckResult, LineAccount
from hestia_assets.core.results.quality import Metric, MetricKind, Point, Report, ReportedRow, Series
from hestia_assets.core.specs import Severity
from hestia_assets.domains.quality.reports import html, pdf, words
from hestia_assets.domains.quality.reports import json as as_json
from hestia_assets.domains.quality.watching import watch
from streamlit_app.components.account import PART_WORDS

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></table></style><h1>x",
    "[x](javascript:alert(1)) **bold** | pipe",
    "\u202egpj.exe",
    "שלום مرحبا",
    "😀 \U0010ffff",
    "a\x00b\x1bc\r\nd",
    "\udce9 lone",
    "x" * 10_000,
    "=1+1",
    "",
)


def report(text: str) -> Report:
    account = LineAccount(total=3, header=1, loaded=1, quarantined=1)
    batch = Batch(
        "orders-1", "default", "orders", text, "0" * 64, 1, BatchState.COMMITTED, 1, "ada", NOW, NOW, account=account
    )
    check = CheckResult(text or "check", "in_range", ("a",), Severity.REJECT, 2, 1, problem=text or None)
    row = ReportedRow("orders-1", 1, 2, "in_range", text, text, text, text)
    points = [
        Point(f"b{day}", NOW.replace(month=1 + day // 28, day=1 + day % 28), 100.0 + day % 3) for day in range(40)
    ]
    points[30] = Point("b30", points[30].at, 900.0)
    trend = watch("orders", Metric(MetricKind.MEAN, text or "a"), points)[0]
    return Report(
        title=text,
        tenant="default",
        dataset="orders",
        batch=batch,
        made_at=NOW,
        verdict="Loaded in part",
        sentence=text,
        account=account.as_dict(),
        counts={"rows loaded": 1},
        worst=(check,),
        rows=(row, ReportedRow("orders-1", 2, 3, "type", "", "", None, "")),
        failed=2,
        trend=trend,
        anomalies=trend.anomalies,
    )


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def tags_of(page: bytes) -> Tags:
    parser = Tags()
    parser.feed(page.decode())
    return parser


@pytest.fixture(scope="module")
def harmless() -> Tags:
    return tags_of(html.write(report("plain")))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_page_has_the_same_tags_whatever_the_file_holds(text: str, harmless: Tags):
    found = tags_of(html.write(report(text)))

    assert found.tags == harmless.tags
    assert found.attributes == harmless.attributes
    assert "script" not in found.tags
    assert "src" not in found.attributes


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_no_text_becomes_a_tag_or_breaks_the_json(text: str):
    made = report(text)

    assert {"script", "img"}.isdisjoint(tags_of(html.write(made)).tags)
    assert json.loads(as_json.write(made))["batch"]["id"] == "orders-1"


def test_every_text_makes_a_pdf():
    for text in HOSTILE:
        made = pdf.write(report(text))

        assert made.startswith(b"%PDF")
        assert made.rstrip().endswith(b"%%EOF")
        assert len(BytesIO(made).getvalue()) > 5000  # the font is in it


@cache
def sheet() -> pdf.Sheet:
    return pdf.Sheet.open("t")


@given(text=st.text(st.sampled_from("ab, "), max_size=60))
def test_lines_of_a_pdf_show_the_text_with_its_own_spaces_only(text: str):
    lines = sheet()._wrapped(text, 30, 8)

    rest = text
    for line in lines:
        rest = rest.removeprefix(" ") if not rest.startswith(line) else rest  # the space at the end of a line
        assert rest.startswith(line)
        rest = rest.removeprefix(line)
    assert rest in ("", " ")  # that of the last break


def test_what_cannot_be_seen_or_drawn_is_printed_as_its_number():
    sheet = pdf.Sheet.open("x")

    assert words.fit("a\x00b\u202ec") == "a[U+0000]b[U+202E]c"
    assert sheet._drawable("a漢ש") == "a[U+6F22][U+05E9]"
    assert sheet._drawable("Zoë") == "Zoë"


def test_long_values_are_cut_and_their_length_is_said():
    assert words.fit("x" * 10_000).endswith("… (10,000 characters)")
    assert words.fit(None) == "no value"


def test_json_has_every_fact_and_no_figure_that_is_none():
    facts = json.loads(as_json.write(report("\udce9 lone")))

    assert facts["account"]["total"] == 3
    assert facts["rows"][0]["text"] == "\ufffd lone"
    assert facts["anomalies"][0]["expected"]["why"].startswith("The last 14 files had")
    assert facts["anomalies"][0]["batch"] == "b30"


def test_too_little_history_is_called_no_success():
    full = report("a")
    trend = full.trend
    assert trend is not None and full.batch is not None
    young = replace(trend, points=trend.points[:3], quiet="Not enough history: 3 of 14 files.")

    def said(trend: Series | None, batch: str = "") -> list[str]:
        subject = replace(full.batch, id=batch) if batch else None
        return words.no_alarm(replace(full, trend=trend, batch=subject))

    assert said(young) == said(young, "b1") == ["Not enough history: 3 of 14 files."]
    assert said(trend) == said(trend, "b35") == ["No figure was unusual."]
    assert said(trend, "b3")[0].startswith("Not enough history: it was one of the first files")
    assert said(trend, "held")[0].startswith("Its figures are not among those that are watched")
    assert said(None) == ["No file has arrived yet."]
    page = html.write(replace(full, trend=young, anomalies=()))
    assert b"Not enough history" in page and b"No figure was unusual" not in page


def test_a_chart_names_the_values_that_were_there_and_not_its_frame():
    few = replace(report("rows"), anomalies=())
    points = [Point(f"b{day}", NOW.replace(day=day), 200.0 + 10 * (day - 1)) for day in (1, 2)]
    series = watch("orders", Metric(MetricKind.MEAN, "qty"), points)[0]

    page = html.write(replace(few, trend=series)).decode()

    numbers = [one.split("</text>")[0].split(">")[1] for one in page.split("<text")[1:]]
    assert numbers == ["2026-11-01", "2026-11-02", "210", "200"]


def test_reports_call_the_places_of_lines_as_the_pages_do():
    said = {name: words.PART_WORDS.get(name, name).partition(":")[0] for name in PART_WORDS}

    assert said == {name: word for name, (word, *_) in PART_WORDS.items()}
