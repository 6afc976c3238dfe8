"""The only way from the pages to Dagster: a short list of our own GraphQL documents.

Imports, transforms and exports are runs of Dagster jobs; the pages launch them here and watch the metadata
for progress. Names agreed with the code location: location ``hestia``, jobs ``import_<tenant>__<dataset>``,
``transform_<tenant>__<name>``, ``export_<tenant>__<name>``; an import's op is ``<tenant>__<dataset>``.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hestia_assets.core.errors import NotFoundError, UnavailableError
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import AnySpec, DatasetSpec, ExportSpec, SourceSpec, TransformSpec

LOCATION, REPOSITORY = "hestia", "__repository__"

JOBS = """
query HestiaJobs($selector: RepositorySelector!) {
  repositoryOrError(repositorySelector: $selector) {
    __typename
    ... on Repository { jobs { name } }
    ... on PythonError { message }
  }
}"""

RELOAD = """
mutation HestiaReload($location: String!) {
  reloadRepositoryLocation(repositoryLocationName: $location) {
    __typename
    ... on WorkspaceLocationEntry { locationOrLoadError { __typename ... on PythonError { message } } }
    ... on PythonError { message }
  }
}"""

LAUNCH = """
mutation HestiaLaunch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on RunConfigValidationInvalid { errors { message } }
    ... on PythonError { message }
  }
}"""

STATUS = """
query HestiaRun($run: ID!) {
  runOrError(runId: $run) { __typename ... on Run { status } ... on PythonError { message } }
}"""

TERMINATE = """
mutation HestiaTerminate($run: String!) {
  terminateRun(runId: $run) {
    __typename
    ... on TerminateRunFailure { message }
    ... on RunNotFoundError { message }
    ... on PythonError { message }
  }
}"""

DOCUMENTS = {"JOBS": JOBS, "RELOAD": RELOAD, "LAUNCH": LAUNCH, "STATUS": STATUS, "TERMINATE": TERMINATE}


class RunState(StrEnum):
    """What a run is doing, in the four words a page needs."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


_STATES = {
    "STARTED": RunState.RUNNING,
    "SUCCESS": RunState.SUCCEEDED,
    "FAILURE": RunState.FAILED,
    "CANCELED": RunState.FAILED,
    "CANCELING": RunState.RUNNING,
}


_AT_WORK = {RunState.WAITING, RunState.RUNNING}


class NotRunningError(UnavailableError):
    """Dagster does not answer."""

    code = "dagster.not_running"

    def __init__(self, url: str) -> None:
        super().__init__(
            f"Dagster, which does the work, does not answer at {url}.",
            hint="Start it with `hestia up`, then try again.",
        )


class DagsterRefusedError(UnavailableError):
    """Dagster answered, but did not do what was asked."""

    code = "dagster.refused"

    def __init__(self, what: str, why: str) -> None:
        first = why.strip().splitlines()[0] if why.strip() else "no reason given"
        super().__init__(
            f"Dagster could not {what}: {first}.",
            hint="Try again in a moment; if it stays so, open Dagster to see the details.",
        )


@dataclass(frozen=True)
class Gateway:
    """Talks to one Dagster webserver."""

    url: str
    timeout_seconds: float = 30.0
    ready_seconds: float = 60.0

    def launch_import(self, batch: Batch, *, on_wait: Callable[[float], None] | None = None) -> str:
        """Start the import of one batch; returns the run id. Raises UnavailableError."""
        op = f"{batch.tenant}__{batch.dataset}"
        tags = {"hestia/dataset": f"{batch.tenant}/{batch.dataset}", "hestia/batch": batch.id}
        config = {"ops": {op: {"config": {"batch": batch.id}}}}
        return self._launch(f"import_{op}", config=config, tags=tags, on_wait=on_wait)

    def launch_imports(self, spec: DatasetSpec, *, on_wait: Callable[[float], None] | None = None) -> str:
        """Start one run for every batch of a dataset that waits; returns the run id. Raises UnavailableError."""
        return self._launch(job_name(spec), tags={"hestia/dataset": spec.key}, on_wait=on_wait)

    def terminate(self, run_id: str) -> None:
        """Ask a run to end; one that has ended stays as it is. Raises UnavailableError."""
        answer = self._ask(TERMINATE, {"run": run_id})["terminateRun"]
        if answer["__typename"] != "TerminateRunSuccess" and self.run_state(run_id) in _AT_WORK:
            raise DagsterRefusedError("end the run", answer.get("message") or answer["__typename"])

    def launch_fetch(self, spec: SourceSpec, *, on_wait: Callable[[float], None] | None = None) -> str:
        """Start a fetch; returns the run id. Raises UnavailableError."""
        return self._launch(job_name(spec), on_wait=on_wait)

    def launch_transform(self, spec: TransformSpec, *, on_wait: Callable[[float], None] | None = None) -> str:
        """Start a transform; returns the run id. Raises UnavailableError."""
        return self._launch(f"transform_{spec.tenant}__{spec.name}", on_wait=on_wait)

    def launch_export(self, spec: ExportSpec, *, on_wait: Callable[[float], None] | None = None) -> str:
        """Start an export; returns the run id. Raises UnavailableError."""
        return self._launch(f"export_{spec.tenant}__{spec.name}", on_wait=on_wait)

    def run_state(self, run_id: str) -> RunState:
        """What a run is doing. Raises NotFoundError, UnavailableError."""
        answer = self._ask(STATUS, {"run": run_id})["runOrError"]
        if answer["__typename"] != "Run":
            raise NotFoundError("run", run_id)
        return _STATES.get(answer["status"], RunState.WAITING)

    def announce(
        self,
        spec: AnySpec,
        *,
        on_wait: Callable[[float], None] | None = None,
    ) -> None:
        """Show a spec saved a moment ago in Dagster, and wait until it is there. Raises UnavailableError."""
        self.reload()
        self._wait_for(job_name(spec), on_wait)

    def reload(self) -> None:
        """Ask the code server to read the specs again. Raises UnavailableError."""
        answer = self._ask(RELOAD, {"location": LOCATION})["reloadRepositoryLocation"]
        loaded = answer.get("locationOrLoadError") or answer
        if loaded["__typename"] not in {"RepositoryLocation", "WorkspaceLocationEntry"}:
            raise DagsterRefusedError("load the new definition", loaded.get("message") or loaded["__typename"])

    def _launch(
        self,
        job: str,
        *,
        config: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        on_wait: Callable[[float], None] | None = None,
    ) -> str:
        self._wait_for(job, on_wait)
        params = {
            "selector": {"repositoryLocationName": LOCATION, "repositoryName": REPOSITORY, "jobName": job},
            "runConfigData": config or {},
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in (tags or {}).items()]},
        }
        answer = self._ask(LAUNCH, {"params": params})["launchRun"]
        if answer["__typename"] != "LaunchRunSuccess":
            errors = "; ".join(error["message"] for error in answer.get("errors", []))
            raise DagsterRefusedError("start the run", errors or answer.get("message") or answer["__typename"])
        return answer["run"]["runId"]

    def _wait_for(self, job: str, on_wait: Callable[[float], None] | None) -> None:
        """A spec saved a moment ago becomes a job only after a reload."""
        if job in self._jobs():
            return
        self.reload()
        started = time.monotonic()
        while job not in self._jobs():
            waited = time.monotonic() - started
            if waited > self.ready_seconds:
                raise DagsterRefusedError("find the job", f"{job} did not appear within {waited:.0f} s")
            if on_wait is not None:
                on_wait(min(waited / self.ready_seconds, 1.0))
            time.sleep(0.25)

    def _jobs(self) -> set[str]:
        selector = {"repositoryLocationName": LOCATION, "repositoryName": REPOSITORY}
        answer = self._ask(JOBS, {"selector": selector})["repositoryOrError"]
        if answer["__typename"] == "PythonError":
            raise DagsterRefusedError("list its jobs", answer["message"])
        return {job["name"] for job in answer.get("jobs", [])}

    def _ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps({"query": document, "variables": variables}).encode()
        request = urllib.request.Request(  # noqa: S310 - the address is a setting of this installation
            f"{self.url}/graphql", data=body, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_seconds) as answer:  # noqa: S310 - as above
                reply = json.load(answer)
        except urllib.error.HTTPError as error:
            raise DagsterRefusedError("answer", f"it said {error.code} {error.reason}") from error
        except (OSError, ValueError) as error:
            raise NotRunningError(self.url) from error
        if reply.get("errors"):
            raise DagsterRefusedError("answer", reply["errors"][0]["message"])
        return reply["data"]


def job_name(spec: AnySpec) -> str:
    """The Dagster job that works on a spec."""
    kinds = {DatasetSpec: "import", SourceSpec: "fetch", TransformSpec: "transform", ExportSpec: "export"}
    return f"{kinds[type(spec)]}_{spec.tenant}__{spec.name}"
