"""The line account as a picture: every line of the file has a place, and the parts sum up to the total."""

from html import escape

import streamlit as st

from hestia_assets.core.results import ACCOUNT_PARTS, LineAccount
from streamlit_app.components.words import count

PART_WORDS = {
    "header": ("header", "names of the columns", "#5b6b8c"),
    "preamble": ("above the header", "{unit}s before the column names", "#8d99b3"),
    "blank": ("blank", "empty {unit}s", "#b9b0a4"),
    "comment": ("comments", "{unit}s that are no data", "#9c8fb5"),
    "footer": ("footer", "{unit}s below the data", "#7a6f62"),
    "loaded": ("accepted", "fit for the table", "#2f7d5b"),
    "quarantined": ("set aside", "need a look", "#d17f22"),
    "skipped": ("skipped", "{unit}s left out on purpose", "#c9bfb2"),
}
ROOM_FOR_WORDS = 0.14
_STYLE = """
<style>
.account { font-size: 0.95rem; }
.account .bar { display: flex; height: 2.1rem; border-radius: 0.5rem; overflow: hidden; gap: 2px; }
.account .part { min-width: 0.5rem; display: flex; align-items: center; justify-content: center;
  color: #fff; font-weight: 600; overflow: hidden; white-space: nowrap; font-size: 0.9rem; }
.account table { border-collapse: collapse; width: 100%; margin-top: 0.8rem; }
.account td { padding: 0.28rem 0.5rem 0.28rem 0; border: 0; border-bottom: 1px solid rgba(128,128,128,0.25); }
.account td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.account td.dot { width: 1.1rem; }
.account .swatch { width: 0.75rem; height: 0.75rem; border-radius: 0.2rem; }
.account tr.total td { border-bottom: 0; font-weight: 600; }
.account .meaning { opacity: 0.7; }
</style>
"""


def show_account(account: LineAccount, *, unit: str) -> None:
    """A stacked bar, the table behind it, and whether it balances."""
    parts = [(name, lines) for name, lines in account.as_dict().items() if name in ACCOUNT_PARTS and lines]
    if not parts:
        st.caption("Nothing of this file has been read yet.")
        return
    st.html(
        f'{_STYLE}<div class="account">{_bar(parts, account, unit)}<table>{_rows(parts, account, unit)}</table></div>'
    )
    if not account.balanced:
        missing = abs(account.total - account.accounted)
        st.warning(f"{count(missing, unit)} of this file could not be placed.", icon=":material/balance:")


def _bar(parts: list[tuple[str, int]], account: LineAccount, unit: str) -> str:
    label = escape(in_words(account, unit))
    stretches = "".join(_part(name, lines, account, unit) for name, lines in parts)
    return f'<div class="bar" role="img" aria-label="{label}">{stretches}</div>'


def _part(name: str, lines: int, account: LineAccount, unit: str) -> str:
    """One stretch of the bar, with its words where there is room for them."""
    word, meaning, colour = PART_WORDS[name]
    label = f"{lines:,} {word}" if lines > account.total * ROOM_FOR_WORDS else ""
    tip = escape(f"{count(lines, unit)}: {meaning.format(unit=unit)}")
    return f'<div class="part" style="flex:{lines} 1 0;background:{colour}" title="{tip}">{label}</div>'


def _rows(parts: list[tuple[str, int]], account: LineAccount, unit: str) -> str:
    lines = [_row(name, number, unit) for name, number in parts]
    sign = "=" if account.balanced else "≠"
    total = (
        f'<tr class="total"><td></td><td>{sign} all {unit}s of the file</td>'
        f'<td class="number">{account.total:,}</td></tr>'
    )
    return "".join(lines) + total


def _row(name: str, number: int, unit: str) -> str:
    word, meaning, colour = PART_WORDS[name]
    about = meaning.format(unit=unit)
    return (
        f'<tr><td class="dot"><div class="swatch" style="background:{colour}"></div></td>'
        f'<td>{word} <span class="meaning">· {about}</span></td><td class="number">{number:,}</td></tr>'
    )


def in_words(account: LineAccount, unit: str = "line") -> str:
    """The account as a sum.

    Example:
        >>> in_words(LineAccount(total=10, header=1, loaded=9))
        '10 lines = 1 header + 9 accepted'
    """
    counts = account.as_dict()
    parts = [f"{counts[name]:,} {PART_WORDS[name][0]}" for name in ACCOUNT_PARTS if counts[name]]
    return f"{count(account.total, unit)} = {' + '.join(parts)}"
