"""The sensor that looks for what is late or unusual, and sends what waits in the outbox.

It launches no run: what it does is seen in its ticks, on the Alerts page and in the outbox.
"""

import dagster as dg

from hestia_assets.bootstrap import Hestia

INTERVAL_SECONDS = 20
ROUND_SECONDS = 25.0
"""With one letter under way when it ends, well below the minute that Dagster gives a sensor."""


def build_alert_sensor() -> dg.SensorDefinition:
    """The sensor over the outbox."""

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells people of late datasets and unusual figures, and sends every message that is due.",
    )
    def alerts(context: dg.SensorEvaluationContext, hestia: dg.ResourceParam[Hestia]) -> dg.SkipReason:
        del context
        return tell(hestia)

    return alerts


def tell(hestia: Hestia) -> dg.SkipReason:
    """One round: look, send, and say in numbers what was done."""
    found = hestia.alerts.look()
    done = hestia.alerts.deliver(within_seconds=ROUND_SECONDS)
    return dg.SkipReason(
        f"{found} new by looking; {done.sent} sent, {done.later} later, {done.failed} refused, "
        f"{done.given_up} given up, {done.waiting} waiting."
    )
