import pytest

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.results import JobState, Problem


def test_a_job_starts_running_with_nothing_done(metadata, clock):
    job = metadata.jobs.start("import", "default", "orders", batch="b1", run_id="r1", bytes_total=5_000_000_000)

    assert metadata.jobs.recent("default") == [job]
    assert (job.state, job.rows_done, job.bytes_done, job.bytes_total) == (
        JobState.RUNNING,
        0,
        0,
        5_000_000_000,
    )
    assert (job.started_at, job.finished_at, job.problem) == (clock.now, None, None)


def test_progress_is_seen_by_others(metadata, reopen, clock):
    job = metadata.jobs.start("import", "default", "orders")
    clock.advance(2)

    metadata.jobs.progress(job.id, rows_done=6_000_000_000, bytes_done=8)

    (seen,) = reopen().jobs.recent("default")
    assert (seen.rows_done, seen.bytes_done, seen.updated_at) == (6_000_000_000, 8, clock.now)


def test_a_job_ends_well_or_with_its_problem(metadata, clock):
    problem = Problem("read.empty", "orders.csv is empty.", "Send it again.")
    good, bad = (metadata.jobs.start("import", "default", subject) for subject in ("orders", "returns"))
    clock.advance(3)

    metadata.jobs.finish(good.id)
    metadata.jobs.finish(bad.id, problem=problem)

    newest, oldest = metadata.jobs.recent("default")
    assert (newest.state, newest.problem, newest.finished_at) == (JobState.FAILED, problem, clock.now)
    assert (oldest.state, oldest.problem, oldest.finished_at) == (JobState.SUCCEEDED, None, clock.now)


def test_a_job_whose_process_was_killed_is_closed_when_its_batch_starts_again(metadata):
    metadata.jobs.start("import", "default", "orders", batch="b1")
    metadata.jobs.start("import", "default", "orders", batch="b2")

    metadata.jobs.start("import", "default", "orders", batch="b1")

    again, other, killed = metadata.jobs.recent("default")
    assert (again.state, other.state, killed.state) == (JobState.RUNNING, JobState.RUNNING, JobState.FAILED)
    assert killed.problem is not None
    assert killed.problem.code == "job.interrupted"
    assert killed.finished_at is not None


def test_a_killed_transform_is_closed_when_it_starts_again(metadata):
    metadata.jobs.start("transform", "default", "revenue")
    metadata.jobs.start("export", "default", "revenue")
    metadata.jobs.start("transform", "north", "revenue")

    metadata.jobs.start("transform", "default", "revenue")

    assert [job.state for job in metadata.jobs.recent("north")] == [JobState.RUNNING]
    assert [job.state for job in metadata.jobs.recent("default")] == [
        JobState.RUNNING,
        JobState.RUNNING,
        JobState.FAILED,
    ]


def test_a_job_that_was_thought_dead_sets_the_record_right_when_it_ends(metadata):
    slow = metadata.jobs.start("transform", "default", "revenue")
    metadata.jobs.start("transform", "default", "revenue")

    metadata.jobs.finish(slow.id)

    record = metadata.jobs.recent("default")[1]
    assert (record.id, record.state, record.problem) == (slow.id, JobState.SUCCEEDED, None)


def test_a_finished_job_stays_as_it_is_when_its_batch_starts_again(metadata):
    metadata.jobs.finish(metadata.jobs.start("import", "default", "orders", batch="b1").id)

    metadata.jobs.start("import", "default", "orders", batch="b1")

    assert metadata.jobs.recent("default")[1].state == JobState.SUCCEEDED


def test_recent_gives_the_newest_first_up_to_a_limit(metadata):
    for number in range(5):
        metadata.jobs.start("import", "default", f"d{number}")

    assert [job.subject for job in metadata.jobs.recent("default", limit=2)] == ["d4", "d3"]


def test_a_job_that_does_not_exist_is_named(metadata):
    with pytest.raises(NotFoundError, match="77"):
        metadata.jobs.progress(77, rows_done=1, bytes_done=1)
    with pytest.raises(NotFoundError, match="77"):
        metadata.jobs.finish(77)
