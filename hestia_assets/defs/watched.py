"""Work of a transform or export that a person can watch on the pages as a job. An import keeps its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HestiaError
from hestia_assets.core.specs import ExportSpec, TransformSpec, kind_of
from hestia_assets.defs.failures import HestiaFailure, problem_of


@contextmanager
def watched(hestia: Hestia, spec: TransformSpec | ExportSpec, *, run_id: str) -> Iterator[None]:
    """A job from start to finish; a HestiaError closes it and becomes a failure of the run.

    Anything else is a bug and keeps its traceback; the run-failure sensor then closes the job.
    """
    job = hestia.jobs.start(kind_of(spec), spec.tenant, spec.name, run_id=run_id)
    try:
        yield
    except HestiaError as error:
        hestia.jobs.finish(job.id, problem=problem_of(error))
        raise HestiaFailure(error) from None
    hestia.jobs.finish(job.id)
