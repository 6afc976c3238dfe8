"""When files of a dataset are expected, and whether figures unlike those of earlier files raise an alarm."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

import streamlit as st

from hestia_assets.core.results import SpecVersion
from hestia_assets.core.specs import DatasetSpec, Rhythm, parse
from streamlit_app.components.explained import explained
from streamlit_app.components.launch import save
from streamlit_app.components.words import plain

WHENEVER, HOURS, TIMES = "whenever", "hours", "times"
WORDS = {WHENEVER: "Whenever it comes", HOURS: "At the latest every so many hours", TIMES: "At fixed times"}
DAYS = {"1": "Monday", "2": "Tuesday", "3": "Wednesday", "4": "Thursday", "5": "Friday", "6": "Saturday", "0": "Sunday"}
_NAMES = {name[:3].lower(): number for number, name in DAYS.items()}
_DAILY = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* (\*|\w+(?:-\w+)?(?:,\w+(?:-\w+)?)*)", re.ASCII)


def rhythm_in_words(rhythm: Rhythm | None) -> str:
    """When a file is expected, as a sentence."""
    if rhythm is None:
        return "Files are expected whenever they come."
    if rhythm.every_hours is not None:
        return f"A file is expected at the latest every {rhythm.every_hours:g} hours."
    hours = "1 hour" if rhythm.grace_hours == 1 else f"{rhythm.grace_hours:g} hours"
    grace = f", {hours} later at the latest" if rhythm.grace_hours else ""
    simple = _daily(rhythm.schedule)
    if simple is None:
        return f"A file is expected by the schedule `{rhythm.schedule}` ({plain(rhythm.time_zone)}){grace}."
    at, days = simple
    named = "every day" if len(days) == len(DAYS) else "on " + ", ".join(DAYS[day] for day in days)
    return f"A file is expected {named} at {at:%H:%M} ({plain(rhythm.time_zone)}){grace}."


def _daily(schedule: str) -> tuple[time, list[str]] | None:
    """The time and the days of a schedule that has one time on some weekdays; None where it is another one."""
    found = _DAILY.fullmatch(schedule.strip().lower())
    if found is None or int(found[1]) > 59 or int(found[2]) > 23:
        return None
    order, days = list(DAYS), list[str]()
    for item in found[3].split(","):
        first, _, last = (_NAMES.get(part, part).replace("7", "0") for part in item.partition("-"))
        if item == "*":
            days += order
        elif first not in order or (last and last not in order):
            return None
        else:
            start, end = order.index(first), order.index(last or first)
            days += order[start : end + 1] if start <= end else [*order[start:], *order[: end + 1]]
    return time(int(found[2]), int(found[1])), sorted(set(days), key=order.index)


def show_rhythm(saved: SpecVersion, spec: DatasetSpec) -> None:
    """What holds now, and a form to change it."""
    off = "" if spec.watched else " Its figures are not watched."
    st.caption(rhythm_in_words(spec.rhythm) + off)
    with st.popover("Change when files are expected", icon=":material/schedule:"), explained():
        key = f"rhythm-{spec.name}-{saved.version}"
        rhythm = _asked(spec.rhythm, key=key)
        watched = st.toggle(
            "Tell me when a file's figures are unlike those before it", spec.watched, key=f"{key}-watched"
        )
        if st.button("Save", type="primary", key=f"{key}-save"):
            values = spec.model_dump() | {"rhythm": rhythm, "watched": watched}
            save(parse(DatasetSpec, values), seen=saved.version)
            st.rerun()


def _asked(rhythm: Rhythm | None, *, key: str) -> dict[str, Any] | None:
    now = WHENEVER if rhythm is None else HOURS if rhythm.every_hours is not None else TIMES
    kind = st.radio("When is a file expected?", list(WORDS), index=list(WORDS).index(now),
                    format_func=WORDS.__getitem__, key=f"{key}-kind")  # fmt: skip
    if kind == WHENEVER:
        return None
    grace = st.number_input("It may be this many hours late", 0.0, None, rhythm.grace_hours if rhythm else 1.0,
                            step=1.0, key=f"{key}-grace")  # fmt: skip
    if kind == HOURS:
        known = rhythm.every_hours if rhythm and rhythm.every_hours else 24.0
        hours = st.number_input(
            "Hours from one file to the next", min(0.01, known), None, known, step=1.0, key=f"{key}-hours"
        )
        return {"every_hours": hours, "grace_hours": grace}
    zone = rhythm.time_zone if rhythm else "UTC"
    return {**_times(rhythm, key=key), **_zone(zone, key=key), "grace_hours": grace}


def _times(rhythm: Rhythm | None, *, key: str) -> Mapping[str, str]:
    """Days and a time of the day; a schedule that is no such thing stays as it is written."""
    known = _daily(rhythm.schedule) if rhythm and rhythm.schedule else None
    if rhythm and rhythm.schedule and known is None:
        text = st.text_input("Schedule (minute, hour, day, month, weekday)", rhythm.schedule, key=f"{key}-cron")
        return {"schedule": text.strip()}
    clock, days = known or (time(8), list(DAYS))
    chosen = st.multiselect("On", list(DAYS), days, format_func=DAYS.__getitem__, key=f"{key}-days")
    at = st.time_input("At", clock, key=f"{key}-at")
    named = "*" if len(chosen) in (0, len(DAYS)) else ",".join(sorted(chosen))
    return {"schedule": f"{at.minute} {at.hour} * * {named}"}


def _zone(zone: str, *, key: str) -> Mapping[str, str]:
    text = st.text_input("Time zone", zone, key=f"{key}-zone", help="Such as Europe/Berlin or UTC.")
    return {"time_zone": text.strip() or "UTC"}
