"""The sensor that looks for what is late or unusual, and sends what waits in the outbox.

It launches no run: what it does is seen in its ticks, on the Alerts page and in the outbox.
"""

from datetime import datetime, timedelta

import dagster as dg

from hestia_assets.bootstrap import Hestia

INTERVAL_SECONDS = 20
LOOK_AGAIN = timedelta(minutes=1)
ROUND_SECONDS = 15.0
"""With one letter under way when it ends, which may take 38 more, below the minute that Dagster gives a sensor."""


def build_alert_sensor() -> dg.SensorDefinition:
    """The sensor over the outbox."""

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells people of late datasets and unusual figures, and sends every message that is due.",
    )
    def alerts(context: dg.SensorEvaluationContext, hestia: dg.ResourceParam[Hestia]) -> dg.SensorResult:
        return tell(hestia, cursor=context.cursor)

    return alerts


def tell(hestia: Hestia, *, cursor: str | None) -> dg.SensorResult:
    """One round: look where the last look was long ago, send, and say in numbers what was done."""
    now = hestia.alerts.clock()
    looks = cursor is None or now - datetime.fromisoformat(cursor) >= LOOK_AGAIN
    found = hestia.alerts.look() if looks else 0
    done = hestia.alerts.deliver(within_seconds=ROUND_SECONDS)
    said = (
        f"{found} new by looking; {done.sent} sent, {done.later} later, {done.failed} refused, "
        f"{done.given_up} given up, {done.waiting} waiting."
    )
    said += f" {done.removed} old messages removed from the outbox." if done.removed else ""
    return dg.SensorResult(skip_reason=said, cursor=now.isoformat() if looks else cursor)
