"""Tells a running Dagster that the specs have changed, if it is the Dagster of this home."""

import json
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from hestia_assets.settings import Settings

RELOAD = 'mutation{reloadRepositoryLocation(repositoryLocationName:"hestia"){__typename}}'
WHOSE = "{instance{info}}"
PATIENCE_SECONDS = 5.0
"""For a Dagster that is busy; where nobody listens, that is known at once."""
RELOAD_SECONDS = 0.3
"""Enough to hand the request over; the webserver goes on with it alone."""


def reload_code_location(settings: "Settings") -> bool:
    """Ask this home's webserver to load the definitions anew, without waiting until it has.

    False where none is up, or only one of another home, which is no error.
    """
    if serving_home(settings) != settings.home.resolve():
        return False
    try:
        _ask(settings, RELOAD, seconds=RELOAD_SECONDS)
    except TimeoutError:
        return True  # it was asked and is at work
    except (OSError, HTTPException, ValueError):
        return False
    return True


def serving_home(settings: "Settings") -> Path | None:
    """The home whose Dagster answers where this home's would; None where no Dagster does."""
    import yaml

    try:
        info = yaml.safe_load(_ask(settings, WHOSE, seconds=PATIENCE_SECONDS)["data"]["instance"]["info"])
        return Path(info["local_artifact_storage"]["config"]["base_dir"]).resolve().parent
    except (OSError, HTTPException, ValueError, KeyError, TypeError, yaml.YAMLError):
        return None


def _ask(settings: "Settings", query: str, *, seconds: float) -> Any:
    """The answer to a GraphQL query. Raises OSError, HTTPException, ValueError."""
    body = json.dumps({"query": query}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request(f"{settings.dagster_base}/graphql", body, headers)  # noqa: S310 - http, our own setting
    with urlopen(request, timeout=seconds) as answer:  # noqa: S310 - as above
        return json.load(answer)
