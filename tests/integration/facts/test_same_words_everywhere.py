"""The sentence of a check is the same on pages, in commands, reports, alerts, the notice of a held file and Dagster."""

import json
from collections.abc import Iterator
from html import unescape
from io import BytesIO

import pytest
import streamlit as st
from typer.testing import CliRunner

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.cli.app import build_app
from hestia_assets.core.results import Batch, BatchState, CheckResult, FailedRow
from hestia_assets.core.sentences import consequence, sentence
from hestia_assets.core.specs import (
    AlertSpec,
    CheckSpec,
    Column,
    DatasetSpec,
    Exemption,
    Recipe,
    Severity,
    Threshold,
    parse,
)
from hestia_assets.defs.checks import check_specs
from hestia_assets.domains.ingest.loading.telling import committed, held
from hestia_assets.domains.quality.reports import words
from hestia_assets.rules import RULES
from streamlit_app.components import sentences as pages

NAMES = ("price", "cost")
PARDON = Exemption(match={"price": "7"}, reason="agreed", by="ada")


def example_of(name: str) -> CheckSpec:
    """A check of a rule with its example, everything that a check may carry with it; it holds what fails it."""
    rule = RULES.get(name)
    least = rule.columns.start or (1 if name == "totals_match" else 0)
    return CheckSpec(
        rule=name, columns=NAMES[:least], params=dict(rule.example), severity=Severity.HOLD, label=f"check_{name}",
        owner="grace@example.org", threshold=Threshold(share=0.05), exemptions=(PARDON,),
    )  # fmt: skip


CHECKS = tuple(map(example_of, RULES.names()))
SPEC = DatasetSpec(
    name="orders", recipe=Recipe(columns=tuple(Column(source=one, name=one) for one in NAMES)), checks=CHECKS
)


def result_of(check: CheckSpec) -> CheckResult:
    """It failed for a fifth of the rows."""
    rows = (FailedRow(1, 2, "0"),)
    return CheckResult(check.name, check.rule, check.columns, check.severity, 10, 2, rows, most_share=0.05)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hestia]:
    """A dataset with a check of every rule, and a file that is held by all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HESTIA_HOME", str(tmp_path_factory.mktemp("words") / "home"))
        st.cache_resource.clear()
        yield open_home()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def batch(home: Hestia) -> Batch:
    """The file, as if the checks had been run on it."""
    home.catalog.store.save(SPEC, author="ada")
    received = home.ingest.receive(SPEC, BytesIO(b"price,cost\n1,2\n"), file_name="orders.csv", author="ada").batch
    return home.batches.update(received.id, state=BatchState.HELD, checks=tuple(map(result_of, CHECKS)))


def demanded(check: CheckSpec) -> str:
    return sentence(check, RULES)


def told(home: Hestia, batch: Batch) -> dict[str, str]:
    """What alerts say, by the check's name."""
    by_name = {check.name: check for check in CHECKS}
    events = committed(batch, lambda result: demanded(by_name[result.name]))
    return {event.check: f"{event.title}\n{event.text}\n{event.facts['sentence']}" for event in events}


def test_every_face_says_the_same_of_each_rule(home: Hestia, batch: Batch):
    alerts, notice = told(home, batch), held(batch, lambda one: demanded(SPEC_BY_NAME[one.name]), at=batch.created_at)
    runner = CliRunner().invoke(build_app(), ["--home", str(home.settings.home), "account", batch.id, "--json"])
    command = {one["check"]: one["sentence"] for one in json.loads(runner.stdout)["checks"]}
    dagster = {str(spec.name): spec for spec in check_specs(SPEC)}
    demands = home.quality.demands_of(batch)

    for check, result in zip(CHECKS, batch.checks, strict=True):
        said = demanded(check)
        assert demands[check.name] == command[check.name] == pages.in_a_table(check) == said
        assert alerts[check.name].count(said) == 3
        assert f"{said}, but 2 rows fail that" in notice[0].text
        assert str(dagster[check.name].description).lower().startswith(f"{said}. ".lower())
        assert (dagster[check.name].metadata or {})["hestia/sentence"] == said
        page = pages.sentence_of(batch, result).replace("\\", "").replace("`", "")
        assert page == said.replace("\\", "").replace("`", "")
    assert check.name not in notice[0].text + notice[0].title


SPEC_BY_NAME = {check.name: check for check in CHECKS}


def test_reports_say_the_sentence_with_its_terms_and_json_the_id_beside_it(home: Hestia, batch: Batch):
    for start in range(0, len(CHECKS), 5):
        some = home.batches.update(batch.id, checks=batch.checks[start : start + 5])
        page = unescape(home.quality.report(some, "html").decode())
        worst = json.loads(home.quality.report(some, "json"))["worst"]
        printed = words.check_cells(home.quality.facts(some))

        for check, found, cells in zip(CHECKS[start : start + 5], worst, printed, strict=True):
            said = demanded(check)
            assert (found["check"], found["sentence"]) == (check.name, said)
            assert found["terms"] == [
                consequence(check.severity, check.rule, RULES),
                "May fail: 5 % of the rows",
                "Ask grace@example.org",
                "1 exception",
            ]
            assert cells[0] == said in page
            assert cells[1] == "Hold the whole file. May fail: 5 % of the rows. Ask grace@example.org. 1 exception"
            assert check.name not in page
    home.batches.update(batch.id, checks=batch.checks)


def test_the_example_of_an_alert_says_the_rule_that_it_names(home: Hestia, batch: Batch):
    channel = {"kind": "email", "to": ["ada@example.org"]}
    for check in CHECKS[:3]:
        asked = {"name": "ops", "on": ["check_failed"], "checks": [check.name], "channel": channel}
        example = home.alerts.preview(parse(AlertSpec, asked))

        assert demanded(check) in example.text
        assert check.name not in example.text


def test_rows_that_only_warn_say_what_is_wrong_and_the_score_says_rules(home: Hestia, batch: Batch):
    report = home.quality.facts(batch)
    score = home.quality.score(SPEC)

    assert {row.message for row in report.rows} <= {RULES.get(check.rule).message(check) for check in CHECKS}
    assert not [part.why for part in score.parts if "not_null" in part.why or "_" in part.why]
