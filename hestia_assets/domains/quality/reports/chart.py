"""A figure over time as plain geometry, for whatever draws it: the expected band, the line, the alarms."""

from dataclasses import dataclass

from hestia_assets.core.results.quality import Series

LAST = 90


@dataclass(frozen=True)
class Chart:
    """Points in a box of ``width`` by ``height``, y upwards. ``band``: outline of what was expected, if any.

    ``least``, ``most``: the smallest and the largest value that is drawn, each with its height.
    """

    width: float
    height: float
    line: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float], ...]
    alarms: tuple[tuple[float, float], ...]
    least: tuple[float, float]
    most: tuple[float, float]
    first: str
    last: str


def chart(series: Series | None, *, width: float, height: float) -> Chart | None:
    """The chart of the last 90 points; nothing of fewer than two."""
    points = series.points[-LAST:] if series else ()
    if len(points) < 2:
        return None
    values = [each.point.value for each in points]
    least, most = min(values), max(values)
    room = (most - least) * 0.15 or abs(most) * 0.1 or 1.0
    low, high = (max(0.0, least - room) if least >= 0 else least - room), most + room
    step = width / (len(points) - 1)

    def at(place: int, value: float) -> tuple[float, float]:
        inside = min(high, max(low, value))
        return place * step, (inside - low) / (high - low) * height

    expected = [(place, each.expected) for place, each in enumerate(points) if each.expected]
    upper = [at(place, each.high) for place, each in expected]
    lower = [at(place, each.low) for place, each in reversed(expected)]
    return Chart(
        width=width,
        height=height,
        line=tuple(at(place, value) for place, value in enumerate(values)),
        band=tuple(upper + lower),
        alarms=tuple(at(place, each.point.value) for place, each in enumerate(points) if each.anomaly),
        least=(least, at(0, least)[1]),
        most=(most, at(0, most)[1]),
        first=f"{points[0].point.at:%Y-%m-%d}",
        last=f"{points[-1].point.at:%Y-%m-%d}",
    )
