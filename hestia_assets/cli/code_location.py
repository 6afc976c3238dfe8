"""Tells a running Dagster that the specs have changed."""

import json
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from hestia_assets.settings import Settings

RELOAD = 'mutation{reloadRepositoryLocation(repositoryLocationName:"hestia"){__typename}}'
PATIENCE_SECONDS = 5.0


def reload_code_location(settings: "Settings") -> bool:
    """Ask the webserver to load the definitions anew; False where none is up, which is no error."""
    body = json.dumps({"query": RELOAD}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request(f"{settings.dagster_base}/graphql", body, headers)  # noqa: S310 - http, our own setting
    try:
        with urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - as above
            return answer.status == 200
    except (OSError, HTTPException):
        return False
