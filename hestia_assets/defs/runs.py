"""Runs: whose process works on them, and which of them died without saying so."""

import os
import socket

import dagster as dg
import psutil

from hestia_assets.core.specs import AnySpec
from hestia_assets.defs.names import BATCH_TAG, WORKER_TAG, run_tags

ACTIVE = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def mark(context: dg.AssetExecutionContext, spec: AnySpec, *, batches: str = "") -> str:
    """Tag a run that works on ``spec``, however it was launched; returns its id."""
    tags = run_tags(spec) | {WORKER_TAG: this_worker()} | ({BATCH_TAG: batches} if batches else {})
    context.instance.add_run_tags(context.run.run_id, tags)
    return context.run.run_id


def this_worker() -> str:
    """Host, process id and its start, which tells a process from a later one of the same id."""
    return f"{socket.gethostname()}:{os.getpid()}:{int(psutil.Process().create_time())}"


def is_dead(worker: str) -> bool:
    """Whether that process ran on this host and is gone; of another host nobody here can tell."""
    host, pid, created = worker.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        return int(psutil.Process(int(pid)).create_time()) != int(created)
    except psutil.NoSuchProcess:
        return True


def fail_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Fail the runs whose process was killed: Dagster itself does not notice it of in-process runs."""
    working = instance.get_runs(
        filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
    )
    dead = [run for run in working if (worker := run.tags.get(WORKER_TAG)) and is_dead(worker)]
    for run in dead:
        instance.report_run_failed(run, "The process that worked on this run was killed.")
    return [run.run_id for run in dead]
