"""The folder in which Hestia keeps everything: made at the first start, left alone afterwards."""

import os
import tempfile
from pathlib import Path
from typing import Any

import yaml

from hestia_assets.adapters.metadata.engine import parse_url
from hestia_assets.core.errors import HomeError
from hestia_assets.settings import Settings

YAML_HEAD = "# Written by Hestia at the first start; yours to change, it is not written again.\n"


def prepare_home(settings: Settings) -> None:
    """Make the folders and ``dagster.yaml`` where they are missing.

    Raises:
        HomeError: something else is in its place, or it may not be written.
    """
    try:
        for folder in _folders(settings):
            folder.mkdir(parents=True, exist_ok=True)
        _write_once(settings.home / ".gitignore", "*\n")
        _write_once(settings.dagster_home / "dagster.yaml", YAML_HEAD + yaml.safe_dump(dagster_yaml(settings)))
        _prove_writable(settings.home)
    except OSError as error:
        raise HomeError(
            f"The home {settings.home} cannot be used: {error.strerror or error} ({error.filename}).",
            hint="Set HESTIA_HOME to a folder that you may write.",
        ) from error


def dagster_yaml(settings: Settings) -> dict[str, Any]:
    """Dagster's instance settings: nothing is sent home, and one run per dataset at a time.

    Storage is SQLite in DAGSTER_HOME, where Dagster puts it by itself, unless the metadata are on PostgreSQL.
    """
    one_per_dataset = {"key": "hestia/dataset", "value": {"applyLimitPerUniqueValue": True}, "limit": 1}
    content: dict[str, Any] = {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        "run_queue": {"dequeue_interval_seconds": 1},
        "concurrency": {"runs": {"max_concurrent_runs": 4, "tag_concurrency_limits": [one_per_dataset]}},
        "run_monitoring": {"enabled": True, "start_timeout_seconds": 120},
        "sensors": {"use_threads": True, "num_workers": 4},
        "schedules": {"use_threads": True, "num_workers": 2},
        "retention": {
            "schedule": {"purge_after_days": 30},
            "sensor": {"purge_after_days": {"skipped": 1, "started": 30, "success": 30, "failure": 90}},
        },
    }
    url = parse_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        content["storage"] = {"postgres": {"postgres_url": url.render_as_string(hide_password=False)}}
    return content


def _folders(settings: Settings) -> list[Path]:
    landing = settings.landing / settings.tenant
    return [
        settings.home,
        settings.dagster_home,
        landing / "incoming",
        landing / "batches",
        settings.lake / settings.tenant,
        settings.exports / settings.tenant,
        settings.home / "logs",
    ]


def _write_once(path: Path, text: str) -> None:
    """Appears whole or not at all, readable only for its owner: a database URL holds a password."""
    if path.exists():
        return
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        target.write(text)
    Path(temporary).replace(path)


def _prove_writable(folder: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".writable."):
        pass
