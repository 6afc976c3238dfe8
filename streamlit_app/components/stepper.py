"""Where in a wizard a person stands."""

from collections.abc import Sequence
from html import escape

import streamlit as st

_STYLE = """
<style>
.steps { display: flex; flex-wrap: wrap; gap: 0.4rem 1.6rem; margin-bottom: 0.4rem; }
.steps .step { display: flex; align-items: center; gap: 0.5rem; opacity: 0.55; }
.steps .step.now { opacity: 1; font-weight: 600; }
.steps .step.done { opacity: 0.85; }
.steps .dot { width: 1.6rem; height: 1.6rem; border-radius: 50%; display: grid; place-items: center;
  background: rgba(128, 128, 128, 0.25); font-size: 0.85rem; font-weight: 600; }
.steps .now .dot { background: #b4532a; color: #fff; }
.steps .done .dot { background: #2f7d5b; color: #fff; }
</style>
"""


def show_steps(steps: Sequence[str], now: str) -> None:
    """The steps in order, those done ticked, the present one marked."""
    at = list(steps).index(now)
    items = [_item(number, step, at) for number, step in enumerate(steps)]
    st.html(f'{_STYLE}<div class="steps" role="list" aria-label="Steps">{"".join(items)}</div>')


def _item(number: int, step: str, at: int) -> str:
    kind = "done" if number < at else "now" if number == at else ""
    sign = "✓" if number < at else str(number + 1)
    current = ' aria-current="step"' if number == at else ""
    dot = f'<span class="dot">{sign}</span>'
    return f'<div class="step {kind}" role="listitem"{current}>{dot}{escape(step)}</div>'
