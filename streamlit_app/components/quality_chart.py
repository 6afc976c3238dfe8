"""A figure over time, drawn: what was expected as a band, the values as a line, alarms as marks."""

import altair as alt
import polars as pl
import streamlit as st

from hestia_assets.core.results.quality import Series

LAST = 120
_BLUE, _RED, _GREEN = "#0969da", "#cf222e", "#1a7f37"


def show_series(series: Series, *, height: int = 190) -> None:
    """The chart of the last points with their alarms; those called normal are green."""
    scale = 100.0 if series.metric.kind.value in ("aside", "nulls") else 1.0
    frame = _points(series, scale)
    one = alt.Axis(format="%d %b %H:%M") if frame.height == 1 else alt.Axis()  # else its milliseconds are written
    day = alt.X("at:T", title=None, axis=one)
    unit = "%" if scale > 1 else None
    amount = alt.Axis(format="~g") if unit else alt.Axis()  # else a nought alone has six places
    base = alt.Chart(frame)
    band = base.mark_area(opacity=0.15, color=_BLUE, interpolate="step").encode(
        day, alt.Y("low:Q", title=unit, axis=amount), alt.Y2("high:Q")
    )
    line = base.mark_line(color=_BLUE, point=alt.OverlayMarkDef(size=18)).encode(
        day,
        alt.Y("value:Q", title=unit, axis=amount),
        tooltip=[alt.Tooltip("at:T", title="arrived"), alt.Tooltip("said:N")],
    )
    marks = (
        base.transform_filter("datum.alarm")
        .mark_point(size=110, filled=True, opacity=1)
        .encode(
            day,
            alt.Y("value:Q"),
            color=alt.condition("datum.normal", alt.value(_GREEN), alt.value(_RED)),
            tooltip=[alt.Tooltip("said:N", title="unusual")],
        )
    )
    st.altair_chart((band + line + marks).properties(height=height), key=f"series-{series.metric}")
    if series.quiet:
        st.caption(series.quiet)


def _points(series: Series, scale: float) -> pl.DataFrame:
    """A row for each of the last points, with what is drawn and said of it."""
    rows = [
        {
            "at": each.point.at,
            "value": each.point.value * scale,
            "low": each.expected.low * scale if each.expected else None,
            "high": each.expected.high * scale if each.expected else None,
            "alarm": each.anomaly is not None,
            "normal": bool(each.anomaly and each.anomaly.normal),
            "said": each.anomaly.sentence if each.anomaly else each.remark or series.metric.shown(each.point.value),
        }
        for each in series.points[-LAST:]
    ]
    facts = {"low": pl.Float64, "high": pl.Float64, "value": pl.Float64}
    return pl.DataFrame(rows, schema_overrides=facts, infer_schema_length=None)
