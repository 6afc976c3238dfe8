"""kill -9 while the metadata database is upgraded: it is as it was or as it is to be, and the next upgrade finishes."""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import closing
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from processes import until
from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.pool import Pool

from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.adapters.metadata.engine import parse_url
from hestia_assets.adapters.metadata.revisions import MIGRATIONS, VERSION_TABLE, Revisions
from hestia_assets.core.specs import DatasetSpec, SourceSpec

OLD, BATCHES = "0002", 300
INSERT = """
INSERT INTO hestia_batches (id, tenant, dataset, file_name, sha256, size_bytes, state, spec_version, author,
    created_at, updated_at, finished_at, rows_done, bytes_done, rows_loaded, rows_quarantined, seconds, account, checks)
VALUES (:id, 'default', 'orders', 'a.csv', :id, 1, 'committed', 1, 'ada', :at, :at, :at, 0, 0, 0, 0, 0, '{}', '[]')
"""
AFTER = (
    "UPDATE hestia_batches",
    "CREATE TABLE hestia_seen_files",
    "ADD COLUMN closed_at",
    "CREATE TABLE hestia_outbox",
)
MOMENTS = (*AFTER, "before the commit", "after the commit")

Upgrade = Callable[..., ForkProcess]


@pytest.fixture
def older(database_url: str, tmp_path: Path, clock) -> dict[str, Any]:
    """What the home of an older Hestia holds, with data that the migrations move and change."""
    later = [f"{number}*" for number in Revisions().known if number > OLD]
    shutil.copytree(MIGRATIONS, tmp_path / OLD, ignore=shutil.ignore_patterns("__pycache__", *later))
    metadata = open_metadata(database_url, home=tmp_path, clock=clock, revisions=Revisions(tmp_path / OLD))
    metadata.specs.save(DatasetSpec(name="orders"), author="ada")
    metadata.specs.save(SourceSpec(name="bank", dataset="rates", url="s3://bank/rates/"), author="ada")
    metadata.audit.record("ada", "spec.saved", "orders")
    with metadata.database.engine.begin() as connection:
        connection.execute(text(INSERT), [{"id": f"b{number}", "at": clock()} for number in range(BATCHES)])
    metadata.close()
    return _held(database_url)


@pytest.fixture
def upgrade(database_url: str, tmp_path: Path, clock) -> Upgrade:
    """Starts a process that upgrades the database; it kills itself at a moment, if one is named."""

    def work(moment: str) -> None:
        if moment:
            _die_at(moment)
        open_metadata(database_url, home=tmp_path, clock=clock).close()

    def started(moment: str = "") -> ForkProcess:
        process = multiprocessing.get_context("fork").Process(target=work, args=(moment,))
        process.start()
        return process

    return started


def _die_at(moment: str) -> None:
    passed: set[str] = set()

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        passed.update(mark for mark in AFTER if mark in " ".join(statement.split()))
        _die(moment in passed)

    def committing(_connection: Any) -> None:
        if passed.issuperset(AFTER):
            passed.add("before the commit")
        _die(moment in passed)

    def returned(*_: Any) -> None:
        _die("before the commit" in passed and moment == "after the commit")

    event.listen(Engine, "after_cursor_execute", executed)
    event.listen(Engine, "commit", committing)
    event.listen(Pool, "reset", returned)


def _die(really: bool) -> None:
    if really:
        os.kill(os.getpid(), signal.SIGKILL)


def _held(url: str) -> dict[str, Any]:
    """Each table with its columns and its number of rows, and the revision."""
    engine = create_engine(parse_url(url))
    with engine.connect() as connection:
        found: dict[str, Any] = {
            table: (
                sorted(column["name"] for column in inspect(connection).get_columns(table)),
                connection.scalar(text(f"SELECT COUNT(*) FROM {table}")),
            )
            for table in inspect(connection).get_table_names()
        }
        found["revision"] = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
    engine.dispose()
    return found


def _rows(held: dict[str, Any], tables: dict[str, Any]) -> dict[str, int]:
    return {table: held[table][1] for table in tables if table != "revision"}


@pytest.mark.crash
def test_an_upgrade_killed_at_any_moment_leaves_the_old_state_or_the_new_one(
    older, upgrade: Upgrade, database_url: str
):
    left = []
    for moment in MOMENTS:
        killed = upgrade(moment)
        killed.join()
        assert (moment, killed.exitcode) == (moment, -signal.SIGKILL)
        left.append(_held(database_url))

    last = upgrade()
    last.join()

    new = _held(database_url)
    assert (last.exitcode, new["revision"]) == (0, Revisions().head)
    assert left[:-1] == [older] * (len(MOMENTS) - 1)
    assert left[-1] == (older if database_url.startswith("sqlite") else new)  # there the copy was not swapped in yet
    assert _rows(new, older) == _rows(older, older)
    assert new["hestia_batches"][1] == BATCHES


@pytest.mark.crash
@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_killed_while_the_server_works_and_another_one_waits_the_other_one_upgrades(
    older, upgrade: Upgrade, database_url: str
):
    with closing(psycopg2.connect(database_url)) as reader, closing(psycopg2.connect(database_url)) as watch:
        watch.autocommit = True
        reader.cursor().execute("SELECT COUNT(*) FROM hestia_batches")  # whoever changes the table waits for its end
        first = upgrade()
        until(lambda: _waiting(watch, "relation") == 1)
        second = upgrade()
        until(lambda: _waiting(watch, "advisory") == 1)
        first.kill()
        first.join()
        assert second.is_alive()
    second.join()

    new = _held(database_url)
    assert (first.exitcode, second.exitcode) == (-signal.SIGKILL, 0)
    assert new["revision"] == Revisions().head
    assert _rows(new, older) == _rows(older, older)


def _waiting(watch: Any, kind: str) -> int:
    with watch.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND locktype = %s", [kind])
        return cursor.fetchone()[0]
