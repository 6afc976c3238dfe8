"""Settings: the only reader of the environment. Every field is an environment variable ``HESTIA_<NAME>``."""

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ALERT_SECRET = re.compile(r"HESTIA_(CHAT|WEBHOOK)_[A-Z0-9_]{1,60}")
"""Names of environment variables that an alert may name."""


class Settings(BaseSettings):
    """What may differ from one installation to the next.

    Example:
        >>> Settings(home="/data/hestia").lake.as_posix()
        '/data/hestia/lake'
    """

    model_config = SettingsConfigDict(env_prefix="HESTIA_", frozen=True)

    home: Path = Field(default=Path(".hestia"), description="Everything Hestia keeps is below this folder.")
    metadata_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in the home.")
    tenant: str = Field(default="default", description="The tenant of this installation.")
    host: str = Field(default="127.0.0.1", description="Address that `hestia up` binds to.")
    ui_port: int = Field(default=8501, description="Port of the pages.")
    dagster_port: int = Field(default=3000, description="Port of the Dagster UI.")
    code_server_port: int = Field(default=4000, description="Port of the Dagster code server.")
    code_server_host: str = Field(default="127.0.0.1", description="Where the Dagster UI finds the code server.")
    dagster_url: str = Field(default="", description="Where pages reach Dagster; empty: host and dagster_port.")
    dagster_public_url: str = Field(default="", description="The Dagster address in links; empty: dagster_url.")
    ui_public_url: str = Field(default="", description="The page address in links; empty: host and ui_port.")
    max_upload_mb: int = Field(default=5_000, gt=0, description="Largest file a page accepts.")
    max_file_mb: int | None = Field(default=None, gt=0, description="Largest file by any way; empty: max_upload_mb.")
    unpacked_limit_mb: int = Field(default=20_000, gt=0, description="The most that one archive may unpack to.")
    allow_private_urls: bool = Field(default=True, description="Files may be fetched from this machine's network.")
    fetch_timeout_seconds: float = Field(default=3_600.0, gt=0, description="Time one download may take.")
    s3_endpoint_url: str = Field(default="", description="An S3 server other than Amazon's.")
    s3_region: str = Field(default="", description="Region of the buckets; empty: as AWS tools find it.")
    s3_access_key_id: str = Field(default="", description="Key for S3; empty: as AWS tools find it.")
    s3_secret_access_key: str = Field(default="", repr=False, description="Its secret.")
    sql_memory_limit: str = Field(default="1GB", description="Memory one user query may take in DuckDB.")
    sql_timeout_seconds: float = Field(default=60.0, gt=0, description="Time one user query may take.")
    smtp_host: str = Field(default="", description="Mail server that alerts go through; empty: no mail is sent.")
    smtp_port: int = Field(default=0, ge=0, lt=65_536, description="Its port; 0: 465 with tls, else 587.")
    smtp_user: str = Field(default="", description="User at the mail server; empty: no sign-in.")
    smtp_password: str = Field(default="", repr=False, description="Password of that user.")
    smtp_from: str = Field(default="", description="Sender of mails; empty: hestia@ and the host of smtp_host.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(default="starttls", description="How mail is protected.")
    send_timeout_seconds: float = Field(default=20.0, gt=0, le=30, description="Time that sending one alert may take.")
    outbox_days: int = Field(
        default=90, ge=0, le=36_500, description="Sent alerts stay in the outbox for so long; 0: for ever."
    )
    history_days: int | None = Field(default=None, gt=0, description="Files can be undone for so long; empty: forever.")
    lease_seconds: float = Field(default=60.0, gt=0, description="A rewrite lease is free again after this.")

    @property
    def max_file_bytes(self) -> int:
        """The largest file that is taken in, whichever way it comes."""
        return (self.max_file_mb or self.max_upload_mb) * 1_000_000

    @property
    def landing(self) -> Path:
        """Drop folders and originals."""
        return self.home / "landing"

    @property
    def lake(self) -> Path:
        """Delta tables."""
        return self.home / "lake"

    @property
    def exports(self) -> Path:
        """Files for others."""
        return self.home / "exports"

    @property
    def dagster_home(self) -> Path:
        """DAGSTER_HOME."""
        return self.home / "dagster"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the metadata."""
        return self.metadata_url or f"sqlite:///{self.home.resolve() / 'hestia.db'}"

    @property
    def dagster_base(self) -> str:
        """Where this machine reaches the Dagster webserver."""
        return self.dagster_url or f"http://{self.host}:{self.dagster_port}"

    @property
    def dagster_link(self) -> str:
        """Where a person's browser reaches the Dagster webserver."""
        return self.dagster_public_url or self.dagster_base

    @property
    def ui_link(self) -> str:
        """Where a person's browser reaches the pages."""
        return self.ui_public_url or f"http://{self.host}:{self.ui_port}"


def alert_secret(name: str) -> str:
    """What the environment holds under a name that alerts may use (HESTIA_CHAT_…, HESTIA_WEBHOOK_…); else nothing.

    Other names are not read: whoever writes an alert could ask for any secret of this machine.
    """
    return os.environ.get(name, "") if ALERT_SECRET.fullmatch(name) else ""
