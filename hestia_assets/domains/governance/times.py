"""Whether a schedule is one: five fields of cron, such that Dagster, whose iterator obeys it, takes it too."""

from hestia_assets.core.schedules import Schedule


def refuse_schedule(schedule: str, *, time_zone: str) -> None:
    """Raises SpecError for what is no schedule or no time zone.

    Example:
        >>> refuse_schedule("30 6 * * mon-fri", time_zone="Europe/Berlin")
    """
    Schedule.parse(schedule, time_zone=time_zone)
