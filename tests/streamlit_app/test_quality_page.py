"""The page Quality: all datasets, one of them, one of its files."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from streamlit.testing.v1 import AppTest

from hestia_assets.core.results import Fix
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Recipe, Rhythm, Severity

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

DATASET = DatasetSpec(
    name="orders",
    recipe=Recipe(
        columns=(Column(name="id", source="id", type=ColumnType.INTEGER), Column(name="shop", source="shop"))
    ),
    checks=(CheckSpec(rule="not_null", columns=("shop",)),),
    rhythm=Rhythm(every_hours=24 * 365 * 5),
)


def written(page: AppTest) -> str:
    parts = [*page.markdown, *page.info, *page.success, *page.error, *page.warning, *page.caption, *page.subheader]
    return "\n".join(part.value for part in parts).replace("\\", "")


def with_history(home: "Hestia") -> str:
    """Sixteen days of files, the last one much larger; the id of that one."""
    home.catalog.save(DATASET, author="ada")
    first = datetime.now(UTC) - timedelta(days=17)
    last = ""
    for day in range(16):
        rows = 400 if day == 15 else 20 + day % 3
        lines = ["id,shop", *(f"{day * 1000 + row},{'' if row == 0 else 'Köln'}" for row in range(rows)), ""]
        received = home.ingest.receive(DATASET, BytesIO("\n".join(lines).encode()), file_name=f"<b>{day}</b>.csv",
                                       author="ada")  # fmt: skip
        last = home.ingest.run(received.batch.id).id
        home.batches.update(last, created_at=first + timedelta(days=day))
    return last


def test_without_a_dataset_the_page_says_what_to_do(open_page):
    page = open_page("quality")

    assert not page.exception
    assert "There is no dataset yet." in written(page)


def test_a_dataset_without_files_is_not_rated(open_page, pages_home: "Hestia"):
    pages_home.catalog.save(DATASET, author="ada")

    assert "nothing can be rated" in written(open_page("quality", dataset="orders"))
    assert not open_page("quality").exception
    assert "There is no dataset called 'nope'" in written(open_page("quality", dataset="nope"))


def test_when_files_are_expected_is_said_and_changed_on_the_page(open_page, pages_home: "Hestia"):
    pages_home.catalog.save(DATASET.model_copy(update={"rhythm": None}), author="ada")
    page = open_page("quality", dataset="orders")
    assert "whenever they come" in written(page)

    page.radio[0].set_value("times").run()
    page.multiselect[0].set_value(["1", "5"]).run()
    next(each for each in page.text_input if each.label == "Time zone").set_value("Europe/Berlin").run()
    next(each for each in page.button if each.label == "Save").click().run()

    saved = pages_home.catalog.get("dataset", "default", "orders").spec
    assert saved.rhythm == Rhythm(schedule="0 8 * * 1,5", time_zone="Europe/Berlin")
    again = open_page("quality", dataset="orders")
    assert "on Monday, Friday at 08:00 (Europe/Berlin), 1 hour later at the latest" in written(again)
    next(each for each in again.text_input if each.label == "Time zone").set_value("Mars").run()
    next(each for each in again.button if each.label == "Save").click().run()
    assert "no time zone called 'Mars'" in written(again)


def test_quality_is_shown_down_to_rows_and_what_is_normal_is_learned(open_page, pages_home: "Hestia"):
    last = with_history(pages_home)

    everything = open_page("quality")
    page = open_page("quality", dataset="orders")
    report = open_page("quality", dataset="orders", batch=last)

    assert not everything.exception
    assert "shop must not be empty: 1 of 400 rows" in written(everything)
    assert "Rows that arrived: 400;" in written(everything)
    assert [metric.value for metric in everything.metric] == ["0", "1", "1", "16"]
    assert not page.exception
    assert "of 100, from 3 of 5 parts" in written(page)
    assert "Rows that arrived: 400;" in written(page)
    page.segmented_control[0].set_value("completeness").run()
    assert "values that must be there" in written(page)
    page.toggle[0].set_value(True).run()
    assert "16 rows of this rule to fix" in written(page)
    assert not report.exception
    assert "Loaded in part" in written(report)
    assert list(report.table[0].value["Rule"]) == ["shop must not be empty"]

    page.text_input[0].set_value("moved house").run()
    next(button for button in page.button if button.label == "It is normal").click().run()

    assert not page.exception
    assert "moved house" in written(page)
    assert [each.normal.note for each in pages_home.quality.anomalies(DATASET) if each.normal] == ["moved house"]
    next(button for button in page.button if button.label == "Take back").click().run()
    assert pages_home.quality.verdicts_on(DATASET) == []
    bad = next(each for each in pages_home.quarantine.entries(DATASET).entries if each.id.batch != last)
    pages_home.quarantine.resubmit(DATASET, [Fix(bad.id, {"shop": "Bonn"})], author="bob")
    assert "shop must not be empty: 1 of 400 rows" in written(open_page("quality")), "what the last file failed stays"
    assert "rows fixed by bob" in written(open_page("quality", dataset="orders"))


def test_a_first_peak_at_the_edge_of_a_month_is_too_little_history_and_no_success(open_page, pages_home: "Hestia"):
    last = with_history(pages_home)
    edge = next(day for day in (datetime.now(UTC) - timedelta(days=back) for back in range(20)) if day.day in (1, 15))
    files = sorted(pages_home.batches.recent("default", "orders", limit=16), key=lambda each: each.created_at)
    for day, each in enumerate(files):
        pages_home.batches.update(each.id, created_at=edge - timedelta(days=15 - day))
    pages_home.batches.update(last, rows_loaded=60)

    page, report = open_page("quality", dataset="orders"), open_page("quality", dataset="orders", batch=last)

    (remark,) = [each.value.replace("\\", "") for each in page.info]
    assert "Rows that arrived: 61; ordinary days have" in remark
    assert "Too little history for an alarm" in remark
    assert "No figure of the last 30 days is unusual" not in written(page)
    assert "Still too little history for some days: a weekday that was seen fewer than 3 times" in written(page)
    assert "Too little history for an alarm" in written(report)
    assert "one of the first files" in written(open_page("quality", dataset="orders", batch=files[3].id))
    for kind in ("html", "json"):
        assert b"Too little history for an alarm" in pages_home.quality.report(DATASET, kind)
    assert pages_home.quality.report(DATASET, "pdf").startswith(b"%PDF")


def test_a_file_that_waits_for_a_decision_is_first_on_home_and_leads_to_it(open_page, pages_home: "Hestia"):
    few = CheckSpec(rule="row_count", params={"min": 3}, severity=Severity.HOLD)
    for name, checks in (("early", DATASET.checks), ("orders", (few,))):
        spec = DATASET.model_copy(update={"name": name, "checks": checks})
        pages_home.catalog.save(spec, author="ada")
        received = pages_home.ingest.receive(spec, BytesIO(b"id,shop\n1,\n2,Bonn\n"), file_name="few.csv", author="ada")
        last = pages_home.ingest.run(received.batch.id)

    home = open_page("home")

    assert "at least 3" in written(home).split("orders**")[1].split("early**")[0]
    assert any(link.proto.label == "Decide" and last.id in link.proto.query_string for link in home.get("page_link"))


def test_schedules_are_said_in_words_where_there_are_some():
    from streamlit_app.components.rhythm_form import rhythm_in_words

    said = {
        "0 6 * * mon-fri": "on Monday, Tuesday, Wednesday, Thursday, Friday at 06:00",
        "30 7 * * *": "every day at 07:30",
        "0 6 * * 7": "on Sunday at 06:00",
        "0 6 * * fri-mon": "on Monday, Friday, Saturday, Sunday at 06:00",
        "0 6 1 * *": "by the schedule `0 6 1 * *`",
        "*/5 * * * *": "by the schedule `*/5 * * * *`",
    }

    for schedule, words in said.items():
        assert words in rhythm_in_words(Rhythm(schedule=schedule, grace_hours=0))
