"""What homes of older versions hold finds its place in the newest database."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from hestia_assets.adapters.metadata import Metadata, open_metadata
from hestia_assets.adapters.metadata.outbox_rows import OutboxRow, values_of
from hestia_assets.adapters.metadata.revisions import MIGRATIONS, Revisions
from hestia_assets.core.results import BatchState, Event, Message, RemoteFile
from hestia_assets.core.specs import Channel, ChannelKind, Mode, Occurrence, SourceSpec

INSERT = """
INSERT INTO hestia_batches (id, tenant, dataset, file_name, sha256, size_bytes, state, spec_version, author,
    created_at, updated_at, finished_at, rows_done, bytes_done, rows_loaded, rows_quarantined, seconds, account, checks)
VALUES (:id, 'default', :dataset, 'a.csv', :id, 1, :state, 1, 'ada', :at, :at, :at, 0, 0, 0, 0, 0, '{}', '[]')
"""


@pytest.fixture
def opened(database_url: str, tmp_path: Path, clock):
    """Opens the home as the Hestia did whose newest revision this is; by default as this one does."""
    kept: list[Metadata] = []

    def opened(newest: str = "") -> Metadata:
        revisions = _up_to(newest, tmp_path) if newest else Revisions()
        kept.append(open_metadata(database_url, home=tmp_path, clock=clock, revisions=revisions))
        return kept[-1]

    yield opened
    for metadata in kept:
        metadata.close()


def _up_to(newest: str, tmp_path: Path) -> Revisions:
    later = [f"{number}*" for number in Revisions().known if number > newest]
    shutil.copytree(MIGRATIONS, tmp_path / newest, ignore=shutil.ignore_patterns("__pycache__", *later))
    return Revisions(tmp_path / newest)


def test_batches_of_an_older_version_get_their_place(opened, clock):
    older = opened("0002")
    with older.database.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO hestia_tenants (name, created_at) VALUES ('default', :at)"), {"at": clock()}
        )
        for name, state, minutes, dataset in (
            ("late", "committed", 2, "orders"),
            ("early", "committed", 1, "orders"),
            ("gone", "undone", 0, "orders"),
            ("twin", "committed", 2, "orders"),
            ("x", "committed", 0, "sales"),
        ):
            at = clock() + timedelta(minutes=minutes)
            connection.execute(text(INSERT), {"id": name, "state": state, "at": at, "dataset": dataset})
    older.close()

    batches = opened().batches

    found = [(batch.id, batch.sequence, batch.mode) for batch in batches.sequenced("default", "orders")]
    assert found == [("early", 1, Mode.APPEND), ("late", 2, Mode.APPEND), ("twin", 3, Mode.APPEND)]
    assert batches.last_sequence("default", "sales") == 1
    assert batches.get("gone").sequence is None
    assert (batches.get("late").state, batches.get("late").drift) == (BatchState.COMMITTED, ())


def _remember(home: Path, source: str, *lines: str) -> Path:
    """As Hestia kept it before it had a place in the database."""
    path = home / "landing" / "default" / "sources" / f"{source}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join("\n" + line for line in lines))
    return path


def _line(url: str, version: str) -> str:
    return json.dumps([url, version])


def test_what_a_source_had_fetched_is_still_known(opened, tmp_path: Path):
    older = opened("0003")
    older.specs.save(SourceSpec(name="bank", dataset="rates", url="s3://bank/rates/"), author="ada")
    older.close()
    cut_off = _line("s3://bank/rates/c.csv", "1")[:-3]
    first, second = "s3://bank/rates/a.csv", "s3://bank/rates/b.csv"
    path = _remember(tmp_path, "bank", _line(first, "1"), _line(second, "1"), _line(first, "2"), cut_off)

    seen = opened().seen

    assert seen.load("default", "bank").versions == {first: "2", second: "1"}
    assert path.exists()


def test_what_a_source_fetches_next_replaces_what_was_taken_over(opened, tmp_path: Path):
    older = opened("0003")
    older.specs.save(SourceSpec(name="bank", dataset="rates", url="s3://bank/rates/"), author="ada")
    older.close()
    url = "s3://bank/rates/a.csv"
    _remember(tmp_path, "bank", _line(url, "1"))
    seen = opened().seen

    seen.add("default", "bank", RemoteFile("a.csv", url, version="2"))

    assert seen.load("default", "bank").versions == {url: "2"}


def test_files_of_a_source_that_the_database_does_not_know_are_not_taken_over(opened, tmp_path: Path):
    """A fresh database beside an old landing: a new source of that name has fetched nothing yet."""
    _remember(tmp_path, "bank", _line("s3://bank/rates/a.csv", "1"))

    assert opened().seen.load("default", "bank").versions == {}


def test_a_source_remembers_the_last_version_of_each_address(opened):
    seen = opened().seen
    long = "s3://bank/" + "ä" * 5_000

    for url, version in ((long, "1"), (long, "2"), ("https://a.org/x?token=1", "e"), ("s3://bank/b", "")):
        seen.add("default", "bank", RemoteFile("x", url, version=version))

    found = seen.load("default", "bank").versions
    assert found[long] == "2"
    assert len(found) == 2
    assert "token" not in str(found)
    assert seen.load("default", "other").versions == {}


def test_messages_of_an_older_outbox_are_told_to_nobody_again_before_and_after_they_leave(opened, clock):
    event = Event("late:orders", Occurrence.DATASET_LATE, "default", "orders", "orders", "late", "It is.", clock())
    channel = Channel(kind=ChannelKind.EMAIL, to=("ada@example.org",))
    sent, newest = (
        Message(replace(event, key=key), "ops", channel, clock(), clock(), clock()) for key in ("sent", "newest")
    )
    told = values_of(sent) | {"state": "sent", "attempts": 1, "sent_at": clock(), "letter": "msg_1"}
    older = opened("0008")
    with older.database.writing() as session:
        older.database.ensure_tenant(session, "default", now=clock())
        session.execute(insert(OutboxRow), [told, values_of(newest) | {"sent_at": None, "letter": None}])
    older.close()

    outbox = opened().outbox
    known = outbox.add([sent])
    removed = outbox.remove_sent(clock() + timedelta(days=1), at_most=10)

    assert (known, removed, outbox.add([sent, newest])) == (0, 1, 0)
    counts = outbox.counts("default")
    assert (counts.pending, counts.sent, counts.removed) == (1, 0, 1)
