"""Which revision a database has, which ones this Hestia knows, and the way from one to the other."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text

VERSION_TABLE = "hestia_revision"
"""Not Alembic's usual name: on PostgreSQL Dagster keeps that one in the same schema."""

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Revisions:
    """A folder of Alembic scripts; each file of ``versions`` is called ``<revision>_<words>.py``."""

    folder: Path = MIGRATIONS

    @property
    def known(self) -> list[str]:
        """Every revision, oldest first; read off the file names, as importing Alembic takes too long."""
        names = (self.folder / "versions").glob("[0-9]*_*.py")
        return sorted(path.name.split("_")[0] for path in names)

    @property
    def head(self) -> str:
        """The newest revision."""
        return self.known[-1]

    def upgrade(self, connection: Connection, *, home: Path) -> None:
        """Bring the database to the head, inside the connection's transaction; ``home`` has files that move into it."""
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        config.attributes.update(connection=connection, home=home)
        command.upgrade(config, "head")


def revision_of(connection: Connection) -> str | None:
    """The database's revision, or nothing when it is new."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - a constant
