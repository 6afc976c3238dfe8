from datetime import timedelta

import dagster as dg
import pytest
from shop import orders

from hestia_assets.core.specs import Rhythm
from hestia_assets.defs.assets.dataset import build_dataset_asset
from hestia_assets.defs.freshness import freshness_policy


def policy(**rhythm: object) -> dg.FreshnessPolicy | None:
    return freshness_policy(orders().model_copy(update={"rhythm": Rhythm(**rhythm)}))


def test_a_dataset_without_a_rhythm_is_never_late():
    assert freshness_policy(orders()) is None


def test_only_the_validated_table_is_late():
    asset = build_dataset_asset(orders().model_copy(update={"rhythm": Rhythm(every_hours=24)}))

    assert {spec.key.path[0] for spec in asset.specs if spec.freshness_policy} == {"validated"}


def test_hours_warn_and_fail_after_the_grace():
    expected = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=26), warn_window=timedelta(hours=24))

    assert policy(every_hours=24, grace_hours=2) == expected


@pytest.mark.parametrize(
    ("schedule", "grace", "deadline", "hours"),
    [
        ("0 6 * * *", 2, "0 8 * * *", 24),
        ("30 6 * * 1-5", 1.5, "0 8 * * 1-5", 24),
        ("30 23 * * *", 1, "30 23 * * *", 24),  # the next day's midnight is no time of that day
        ("0 6,18 * * *", 1, "0 6,18 * * *", 12),
    ],
)
def test_the_deadline_of_a_schedule_is_moved_by_the_grace_within_the_day(schedule, grace, deadline, hours):
    found = policy(schedule=schedule, grace_hours=grace)

    assert found == dg.FreshnessPolicy.cron(deadline_cron=deadline, lower_bound_delta=timedelta(hours=hours))
