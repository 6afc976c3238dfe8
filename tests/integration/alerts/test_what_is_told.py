"""What an import tells: failed checks and shares of what was committed, what is held, what failed. No values."""

from pathlib import Path

import pytest
from told_orders import hand_in, opened, orders

from hestia_assets.core.channels import refuse_channel
from hestia_assets.core.errors import HestiaError, SpecError
from hestia_assets.core.results import BatchState, Problem
from hestia_assets.core.specs import AlertSpec, CheckSpec, Column, Occurrence, Recipe, Rhythm, parse

EVERYTHING = ("check_failed", "batch_held", "batch_failed", "quarantine_share")
SECRET = "0417-secret"
FILE = f"id,qty\na,1\n{SECRET},2\n{SECRET},3\nb,{SECRET}\n".encode()


def told(home):
    return {one.event.key.split(":")[0]: one.event for one in home.alerts.messages("default")}


def test_a_committed_batch_tells_of_its_failed_checks_and_the_share_set_aside(tmp_path: Path):
    home = opened(tmp_path, 1)
    spec = orders(home, ("unique", "warn"), ("not_null", "reject"), on=EVERYTHING)
    batch = hand_in(home, spec, FILE)

    home.ingest.run(batch.id)
    home.ingest.undo(batch.id, author="ada")
    home.ingest.redo(batch.id, author="ada")

    found = [one.event for one in home.alerts.messages("default")]
    assert {event.key for event in found} == {f"check:{batch.id}:unique__id", f"share:{batch.id}"}
    share = told(home)["share"]
    assert (share.share, share.text) == (0.25, "1 row was set aside, 3 rows were loaded.")
    assert any("1 of 3 rows in orders.csv fails: id must not appear twice" in event.title for event in found)
    assert share.link == f"datasets?dataset=orders&batch={batch.id}"
    assert SECRET not in str(found)


def test_a_held_batch_tells_that_it_waits_and_after_its_release_what_failed(tmp_path: Path):
    home = opened(tmp_path, 1)
    batch = hand_in(home, orders(home, ("unique", "hold"), on=EVERYTHING), FILE)

    home.ingest.run(batch.id)
    assert list(told(home)) == ["held"]
    assert "Held by its rules: id must not appear twice, but 1 row fails that." in told(home)["held"].text
    home.ingest.release(batch.id, author="ada")
    home.ingest.run(batch.id)

    assert set(told(home)) == {"held", "check", "share"}
    assert SECRET not in str(home.alerts.messages("default"))


def test_a_batch_that_fails_or_is_cut_off_tells_so_once(tmp_path: Path):
    home = opened(tmp_path, 1)
    spec = orders(home, on=EVERYTHING)
    failing, cut = hand_in(home, spec, b"other,columns\n1,2\n"), hand_in(home, spec, FILE)

    with pytest.raises(HestiaError):
        home.ingest.run(failing.id)
    for _ in range(2):
        home.ingest.runner.cut_off(cut, Problem("run.failed", "The run was cut off.", "Run it again."))

    keys = [one.event.key for one in home.alerts.messages("default")]
    assert keys[0] == f"failed:{cut.id}:cut_off"
    assert keys[1].startswith(f"failed:{failing.id}:")
    assert len(keys) == 2
    assert home.batches.get(failing.id).state is BatchState.FAILED


def test_what_fails_is_told_without_the_values_that_its_error_quotes(tmp_path: Path):
    home = opened(tmp_path, 1)
    spec = orders(home, on=EVERYTHING)
    text = Column(source="id", name="id"), Column(source="qty", name="qty")
    check = CheckSpec(rule="sql", params={"expression": "CAST(id AS INTEGER) > 1"})
    home.catalog.save(spec.model_copy(update={"recipe": Recipe(columns=text), "checks": (check,)}), author="ada")

    for data in (
        FILE.replace(b"a,1", f"{SECRET},1".encode()),
        f"{SECRET},1\n{SECRET},2\n".encode(),
    ):  # a check that cannot run; a file without a header
        batch = hand_in(home, spec, data)
        with pytest.raises(HestiaError, match=SECRET):
            home.ingest.run(batch.id)

    assert len(home.alerts.messages("default")) == 2
    assert SECRET not in str(home.alerts.messages("default"))


@pytest.mark.parametrize(
    ("kind", "to", "why"),
    [
        ("email", "ada at example", "no mail address"),
        ("email", "ada@example.org\nBcc: all@example.org", "no mail address"),
        ("chat", "slack://token/token/token", "holds a secret"),
        ("chat", "env:HESTIA_S3_SECRET_ACCESS_KEY", "holds a secret"),
        ("webhook", "https://example.org/hook?token=1", "a password or a query"),
        ("webhook", "https://ada:pw@example.org/hook", "a password or a query"),
        ("webhook", "file:///etc/passwd", "no web address"),
        ("webhook", "env:PATH", "no variable"),
    ],
)
def test_an_address_that_cannot_work_or_holds_a_secret_is_refused(kind, to, why):
    spec = parse(AlertSpec, {"name": "a", "on": ["batch_held"], "channel": {"kind": kind, "to": [to]}})

    with pytest.raises(SpecError, match=why) as refused:
        refuse_channel(spec.channel)

    assert "token/token" not in str(refused.value)


def test_a_late_dataset_and_an_unusual_file_are_told_once_by_looking(tmp_path: Path):
    home = opened(tmp_path, 1)
    spec = orders(home, on=("dataset_late", "anomaly"))
    home.catalog.save(
        spec.model_copy(update={"name": "late", "rhythm": Rhythm(every_hours=1e-6, grace_hours=0)}), author="ada"
    )
    waiting = []
    for number in range(25):
        rows = 200 + number % 5 if number < 24 else 3
        data = b"id,qty\n" + b"".join(b"%d-%d,1\n" % (number, row) for row in range(rows))
        waiting.append(hand_in(home, spec, data).id)
    home.ingest.run_all(waiting)

    assert home.alerts.look() == 2
    assert home.alerts.look() == 0

    found = {one.event.kind: one.event for one in home.alerts.messages("default")}
    assert found[Occurrence.DATASET_LATE].dataset == "late"
    assert found[Occurrence.ANOMALY].dataset == "orders"
    assert "expected" in found[Occurrence.ANOMALY].text
