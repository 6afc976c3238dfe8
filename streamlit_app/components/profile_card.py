"""A column drawn: how much of it is there, how its values are spread, what they look like."""

from collections.abc import Sequence
from datetime import UTC, datetime

import altair as alt
import streamlit as st

from hestia_assets.core import shapes
from hestia_assets.core.results import ColumnFacts
from hestia_assets.core.specs import ColumnType
from streamlit_app.components.sentences import MARKDOWN
from streamlit_app.components.words import TYPE_WORDS, count, plain

HEIGHT = 130
BARS = 8
"""Most frequent values that are drawn."""

TIMES = (ColumnType.DATE.value, ColumnType.TIMESTAMP.value)
TYPES = {kind.value: words for kind, words in TYPE_WORDS.items()}


def show_column(facts: ColumnFacts) -> None:
    """One card."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{plain(facts.name)}** :gray[{TYPES.get(facts.type, plain(facts.type))}]")
        _presence(facts)
        if facts.histogram and facts.distinct > 1:
            _histogram(facts)
        elif facts.top and not _all_differ(facts):
            _bars("Value", facts.top, key=f"bars-{facts.name}")
        elif _has_table(facts):
            _shapes(facts)
        st.caption("  \n".join(_lines(facts)))


def _presence(facts: ColumnFacts) -> None:
    """How many rows have a value, as a bar; no value and blanks apart."""
    if not facts.rows:
        st.caption("No row.")
        return
    blanks = facts.blanks
    filled = facts.rows - facts.nulls - blanks
    words = [f"{filled:,} of {count(facts.rows, 'row')} filled"] if facts.nulls or blanks else ["every row filled"]
    words += [f"{facts.nulls:,} without a value"] if facts.nulls else []
    words += [f"{blanks:,} blank"] if blanks else []
    st.progress(filled / facts.rows, text=", ".join(words))


def _all_differ(facts: ColumnFacts) -> bool:
    return facts.distinct > 1 and facts.top[0][1] == 1


def _has_table(facts: ColumnFacts) -> bool:
    """Whether its texts all differ, and not all look alike."""
    return _all_differ(facts) and len(facts.shapes) > 1


def _histogram(facts: ColumnFacts) -> None:
    timed = facts.type in TIMES
    rows = [
        {"from": _axis(bar.low, timed=timed), "to": _axis(bar.high, timed=timed), "rows": bar.rows}
        for bar in facts.histogram
    ]
    kind = "temporal" if timed else "quantitative"
    axis = alt.Axis(title=None, grid=False, tickCount=4)
    chart = alt.Chart(alt.Data(values=rows), height=HEIGHT).mark_bar(binSpacing=1, orient="vertical")
    place = alt.X("from", type=kind, bin=None if timed else alt.BinParams(binned=True), axis=axis)
    chart = chart.encode(
        x=place,
        x2="to",
        y=alt.Y("rows", type="quantitative", axis=alt.Axis(title=None, tickCount=3, format="~s")),
        tooltip=[
            alt.Tooltip("from", type=kind),
            alt.Tooltip("to", type=kind),
            alt.Tooltip("rows", type="quantitative"),
        ],
    )
    st.altair_chart(chart, key=f"histogram-{facts.name}")


def _axis(value: float, *, timed: bool) -> float | str:
    return datetime.fromtimestamp(value, UTC).isoformat() if timed else value


def _bars(title: str, values: Sequence[tuple[str, int]], *, key: str) -> None:
    rows = [{title: _short(value), "rows": rows, "n": n} for n, (value, rows) in enumerate(values[:BARS])]
    chart = alt.Chart(alt.Data(values=rows), height=alt.Step(20)).mark_bar()
    chart = chart.encode(
        x=alt.X("rows", type="quantitative", axis=alt.Axis(title=None, grid=False, tickCount=3, format="~s")),
        y=alt.Y(
            title,
            type="nominal",
            sort=alt.EncodingSortField("n"),
            axis=alt.Axis(title=None, labelLimit=160, labelOverlap=False),
        ),
        tooltip=[alt.Tooltip(title, type="nominal"), alt.Tooltip("rows", type="quantitative")],
    )
    st.altair_chart(chart, key=key)


def _shapes(facts: ColumnFacts) -> None:
    """What texts that all differ have in common: each shape with an example and its share of the rows."""
    rows = [{"Looks like": shapes.shown(one), "Such as": _short(one.example), "Rows": one.rows} for one in facts.shapes]
    if facts.other_shapes:
        rows.append({"Looks like": "(other)", "Such as": "", "Rows": facts.other_shapes})
    most = facts.rows - facts.nulls
    st.dataframe(
        rows, hide_index=True, key=f"shapes-{facts.name}", height="content", placeholder="",
        column_config={"Rows": st.column_config.ProgressColumn(min_value=0, max_value=most, format="localized")},
    )  # fmt: skip
    st.caption(shapes.legend(facts))


def _short(value: str) -> str:
    shown = value.strip() or ("(blank)" if value else "(empty text)")
    return shown if len(shown) <= 30 else f"{shown[:29]}…"


def _lines(facts: ColumnFacts) -> list[str]:
    """Figures in words."""
    filled = facts.rows - facts.nulls
    lines: list[str] = []
    if facts.distinct:
        words = "all different" if facts.distinct == filled > 1 else f"{count(facts.distinct, 'different value')}"
        lines.append(f"{words[0].upper()}{words[1:]}.")
    if facts.quantiles and facts.minimum != facts.maximum:
        low, middle, high = (_value(facts, facts.quantiles[name]) for name in ("5%", "50%", "95%"))
        lines.append(f"From {_value(facts, facts.minimum)} to {_value(facts, facts.maximum)}.")
        lines.append(f"The middle one is {middle}; nine in ten lie between {low} and {high}.")
    if facts.mean is not None and facts.deviation is not None:
        lines.append(f"Mean {facts.mean:,.6g}, standard deviation {facts.deviation:,.4g}.")
    if facts.lengths is not None:
        least, most = facts.lengths
        span = count(most, "character") if least == most else f"{least:,} to {most:,} characters"
        lines.append(f"{span} long.")
        if not _has_table(facts):
            lines.append(f"Looks like {'; '.join(shapes.lines(facts, MARKDOWN))}.")
    return lines


def _value(facts: ColumnFacts, text: str | None) -> str:
    """A value as the pages write it: dates without a time, times to the second."""
    shown = (text or "").partition(".")[0] if facts.type == ColumnType.TIMESTAMP.value else text or ""
    return plain(shown)
