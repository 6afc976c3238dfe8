"""First start, restart, upgrade, downgrade, and what may go wrong on the way."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.adapters.metadata.models import Table
from hestia_assets.adapters.metadata.revisions import MIGRATIONS, VERSION_TABLE, Revisions
from hestia_assets.core.errors import HomeError, HomeTooNewError, UnavailableError
from hestia_assets.core.specs import DatasetSpec

ADD_A_COLUMN = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "HEAD"


def upgrade():
    with op.batch_alter_table("hestia_batches", recreate="auto") as table:
        table.add_column(sa.Column("colour", sa.Text()))
        table.alter_column("author", nullable=True)
"""
FAIL = ADD_A_COLUMN + "    op.execute('SELECT no_such_column FROM hestia_batches')\n"
BREAK_A_REFERENCE = ADD_A_COLUMN + "    op.execute('DELETE FROM hestia_tenants')\n"
WAIT = ADD_A_COLUMN + "    import time\n    print('migrating', flush=True)\n    time.sleep(60)\n"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _later_version(folder: Path, script: str) -> Revisions:
    """The migrations of a future Hestia that has one more."""
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_more.py").write_text(script.replace("HEAD", Revisions().head))
    return Revisions(folder)


def _save_a_spec(metadata) -> None:
    metadata.specs.save(DatasetSpec(name="orders"), author="ada")


def _columns(metadata, table: str) -> set[str]:
    return {column["name"] for column in inspect(metadata.database.engine).get_columns(table)}


def test_the_first_start_makes_exactly_the_tables_of_the_models(metadata):
    with metadata.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})

        assert compare_metadata(context, Table.metadata) == []


def test_the_newest_revision_read_off_the_file_names_is_alembics(metadata):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert metadata.revision() == Revisions().head == ScriptDirectory.from_config(config).get_current_head()


def test_a_restart_finds_what_was_saved(reopen):
    first = reopen()
    _save_a_spec(first)
    first.close()

    assert reopen().specs.get("dataset", "default", "orders").version == 1


def test_opening_what_is_up_to_date_takes_no_alembic(reopen, database_url):
    reopen().close()
    code = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from hestia_assets.adapters.metadata import open_metadata
open_metadata({database_url!r}, home=Path("."), clock=lambda: datetime.now(UTC))
print("alembic" in sys.modules)
"""

    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


def _open_and_save(url: str, home: Path, name: str) -> str:
    metadata = open_metadata(url, home=home, clock=_utc_now)
    metadata.specs.save(DatasetSpec(name=name), author="ada")
    return metadata.revision()


@pytest.mark.parametrize("attempt", range(3))
def test_processes_that_start_at_once_on_nothing_all_succeed(race, reopen, database_url, tmp_path, attempt):
    names = ["a", "b", "c", "d"]

    revisions = race(_open_and_save, [(database_url, tmp_path, name) for name in names])

    assert revisions == [Revisions().head] * 4
    assert [item.spec.name for item in reopen().specs.all("dataset")] == names


def _upgrade(url: str, home: Path, folder: Path) -> str:
    return open_metadata(url, home=home, clock=_utc_now, revisions=Revisions(folder)).revision()


def test_processes_of_a_later_version_that_start_at_once_upgrade_once(race, reopen, database_url, tmp_path):
    old = reopen()
    _save_a_spec(old)
    old.close()
    later = _later_version(tmp_path / "later", ADD_A_COLUMN)

    revisions = race(_upgrade, [(database_url, tmp_path, later.folder)] * 4)

    assert revisions == ["9999"] * 4


def test_an_upgrade_keeps_every_row(reopen, database_url, tmp_path, clock):
    old = reopen()
    _save_a_spec(old)
    old.audit.record("ada", "spec.saved", "orders")
    old.close()
    later = _later_version(tmp_path / "later", ADD_A_COLUMN)

    metadata = open_metadata(database_url, home=tmp_path, clock=clock, revisions=later)

    assert "colour" in _columns(metadata, "hestia_batches")
    assert metadata.specs.get("dataset", "default", "orders").version == 1
    assert len(metadata.audit.recent()) == 1
    metadata.close()


def test_a_database_of_a_later_version_is_refused_and_left_alone(reopen, database_url, tmp_path, clock):
    later = _later_version(tmp_path / "later", ADD_A_COLUMN)
    newer = open_metadata(database_url, home=tmp_path, clock=clock, revisions=later)
    _save_a_spec(newer)

    with pytest.raises(HomeTooNewError, match="9999"):
        reopen()

    assert newer.revision() == "9999"
    assert newer.specs.get("dataset", "default", "orders").version == 1
    newer.close()


def test_a_failed_migration_leaves_the_old_database(reopen, database_url, tmp_path, clock):
    old = reopen()
    _save_a_spec(old)
    old.close()
    broken = _later_version(tmp_path / "later", FAIL)

    with pytest.raises(HomeError, match="stays as it was"):
        open_metadata(database_url, home=tmp_path, clock=clock, revisions=broken)

    again = reopen()
    assert again.revision() == Revisions().head
    assert "colour" not in _columns(again, "hestia_batches")
    assert again.specs.get("dataset", "default", "orders").version == 1


def test_a_migration_that_breaks_references_is_not_taken_over(reopen, database_url, tmp_path, clock):
    old = reopen()
    _save_a_spec(old)
    old.close()
    broken = _later_version(tmp_path / "later", BREAK_A_REFERENCE)

    with pytest.raises(HomeError, match="stays as it was"):
        open_metadata(database_url, home=tmp_path, clock=clock, revisions=broken)

    assert reopen().specs.get("dataset", "default", "orders").version == 1


@pytest.mark.crash
def test_a_migration_that_is_killed_leaves_the_old_database(reopen, database_url, tmp_path, clock):
    old = reopen()
    _save_a_spec(old)
    old.close()
    waiting = _later_version(tmp_path / "waiting", WAIT)
    code = f"""
from datetime import UTC, datetime
from pathlib import Path
from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.adapters.metadata.revisions import Revisions
folder = Path({str(waiting.folder)!r})
open_metadata({database_url!r}, home=Path("."), clock=lambda: datetime.now(UTC), revisions=Revisions(folder))
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"migrating\n"
        child.send_signal(signal.SIGKILL)

    again = reopen()
    assert again.revision() == Revisions().head
    assert again.specs.get("dataset", "default", "orders").version == 1
    again.close()
    later = _later_version(tmp_path / "later", ADD_A_COLUMN)
    upgraded = open_metadata(database_url, home=tmp_path, clock=clock, revisions=later)
    assert upgraded.revision() == "9999"
    assert not list(tmp_path.glob("*.migrating*"))
    upgraded.close()


def test_an_upgrade_waits_for_nobody_longer_than_a_moment_and_says_who_is_in_the_way(
    sqlite_metadata, tmp_path, clock, monkeypatch
):
    monkeypatch.setattr("hestia_assets.adapters.metadata.upgrade.WAIT_SECONDS", 0.1)
    later = _later_version(tmp_path / "later", ADD_A_COLUMN)
    url = f"sqlite:///{tmp_path / 'hestia.db'}"

    with pytest.raises(HomeError, match="Stop every Hestia"):
        open_metadata(url, home=tmp_path, clock=clock, revisions=later)

    _save_a_spec(sqlite_metadata)
    sqlite_metadata.close()
    upgraded = open_metadata(url, home=tmp_path, clock=clock, revisions=later)
    assert upgraded.specs.get("dataset", "default", "orders").version == 1
    upgraded.close()


def test_an_upgrade_does_not_lose_what_a_foreign_program_has_not_yet_folded_in(tmp_path, clock):
    path = tmp_path / "hestia.db"
    open_metadata(f"sqlite:///{path}", home=tmp_path, clock=clock).close()
    later = _later_version(tmp_path / "later", ADD_A_COLUMN)
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("INSERT INTO hestia_tenants VALUES ('north', '2026-01-01 00:00:00.000000')")
        foreign.commit()

        with pytest.raises(HomeError, match="another process has it open"):
            open_metadata(f"sqlite:///{path}", home=tmp_path, clock=clock, revisions=later)

    upgraded = open_metadata(f"sqlite:///{path}", home=tmp_path, clock=clock, revisions=later)
    with upgraded.database.reading() as session:
        assert session.scalar(text("SELECT name FROM hestia_tenants")) == "north"
    upgraded.close()


@pytest.fixture
def sqlite_metadata(tmp_path, clock):
    metadata = open_metadata(f"sqlite:///{tmp_path / 'hestia.db'}", home=tmp_path, clock=clock)
    yield metadata
    metadata.close()


def test_sqlite_writes_ahead_waits_for_others_and_minds_references(sqlite_metadata):
    with sqlite_metadata.database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "foreign_keys")
        }

    assert found == {"journal_mode": "wal", "busy_timeout": 30_000, "foreign_keys": 1}


def test_a_forked_child_uses_connections_of_its_own(metadata, in_child):
    def work() -> int:
        metadata.audit.record("child", "x", "y")
        return len(metadata.specs.all("dataset"))

    _save_a_spec(metadata)

    assert in_child(work) == 1
    metadata.audit.record("parent", "x", "y")
    assert [event.actor for event in metadata.audit.recent()] == ["parent", "child"]


def _save_slowly(url: str, home: Path, name: str) -> int:
    metadata = open_metadata(url, home=home, clock=_utc_now)
    with metadata.database.writing() as session:
        metadata.database.ensure_tenant(session, name, now=_utc_now())
        time.sleep(0.3)
    return metadata.specs.save(DatasetSpec(name="orders", tenant=name), author="ada").version


def test_writers_wait_for_each_other(reopen, race, database_url, tmp_path):
    assert race(_save_slowly, [(database_url, tmp_path, name) for name in ("a", "b", "c")]) == [1, 1, 1]
    assert len(reopen().specs.all("dataset")) == 3


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path, clock):
    path = tmp_path / "hestia.db"
    path.write_bytes(b"dear diary, " * 500)

    with pytest.raises(HomeError, match="not a database"):
        open_metadata(f"sqlite:///{path}", home=tmp_path, clock=clock)

    assert path.read_bytes() == b"dear diary, " * 500


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@host/db", "nonsense"])
def test_an_unusable_url_is_explained_without_its_password(url, tmp_path, clock):
    with pytest.raises(HomeError, match="HESTIA_METADATA_URL") as error:
        open_metadata(url, home=tmp_path, clock=clock)

    assert "secret" not in str(error.value)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path, clock):
    with pytest.raises(UnavailableError, match=r"127\.0\.0\.1:1/") as error:
        open_metadata("postgresql://u:secret@127.0.0.1:1/hestia", home=tmp_path, clock=clock)

    assert "secret" not in str(error.value)


@pytest.mark.postgres
@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2", "postgresql+psycopg", "postgres"])
def test_every_spelling_of_a_postgresql_url_is_understood(postgres_database, tmp_path, clock, scheme):
    url = postgres_database.replace("postgresql", scheme, 1)

    metadata = open_metadata(url, home=tmp_path, clock=clock)

    assert metadata.database.engine.url.drivername == "postgresql+psycopg2"
    metadata.close()
