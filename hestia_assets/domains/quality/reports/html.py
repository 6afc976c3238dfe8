"""A report as one page of HTML: it needs no other file, runs no script, and shows what files hold as plain text."""

from collections.abc import Iterable, Sequence
from html import escape

from hestia_assets.core.results.quality import Report
from hestia_assets.domains.quality.reports import words
from hestia_assets.domains.quality.reports.chart import Chart, chart

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #24292f; max-width: 1000px; margin: 2rem auto; padding: 0 1rem }
h1 { margin-bottom: .2rem } h2 { margin-top: 1.8rem; font-size: 1.1rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: start; padding: .25rem .6rem; vertical-align: top;
  border-bottom: 1px solid #d8dee4; overflow-wrap: anywhere; min-width: 5rem } th { color: #57606a; font-weight: 600;
  overflow-wrap: normal }
.verdict { font-weight: 700; font-size: 1.15rem } .made { color: #57606a } svg { width: 100%; height: auto }
"""
_RULES = "default-src 'none'; style-src 'unsafe-inline'"


def write(report: Report) -> bytes:
    """UTF-8 HTML, everything escaped; a policy in it forbids scripts and loads even if some were in it."""
    parts = [_head(report), *_body(report), "</body></html>\n"]
    return "\n".join(parts).encode("utf-8", "replace")


def _head(report: Report) -> str:
    title = _text(report.title)
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_RULES}">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style></head><body>'
        f'<h1 dir="auto">{title}</h1><p class="made">Made {report.made_at:%Y-%m-%d %H:%M} UTC by Hestia</p>'
        f'<p><span class="verdict">{_text(report.verdict)}.</span> <span dir="auto">{_text(report.sentence)}</span></p>'
    )


def _body(report: Report) -> Iterable[str]:
    if report.score:
        yield _section("Score", _table(("Part", "of 100", "How"), map(words.part_cells, report.score.parts)))
    if report.counts:
        yield _section("Rows", _table(("", ""), [(name, f"{number:,}") for name, number in report.counts.items()]))
    yield _section("Lines", _table(("Where they went", "Lines"), words.account_cells(report)))
    worst = _table(words.CHECK_HEADER, words.check_cells(report))
    yield _section("Worst rules", worst if report.worst else "<p>No check failed.</p>")
    alarms = [
        (f"{each.at:%Y-%m-%d}", each.sentence, each.expected.why, _word(each.normal)) for each in report.anomalies
    ]
    listed = _table(("Day", "What", "Why it was expected", ""), alarms)
    told = "".join(f"<p>{_text(each)}</p>" for each in (words.remarks if alarms else words.no_alarm)(report))
    yield _section("Unusual figures", (listed if alarms else "") + told)
    drawn = chart(report.trend, width=900, height=180)
    if drawn and report.trend:
        yield _section(f"{report.trend.metric.title} over time", _svg(drawn))
    rows = _table(words.ROW_HEADER, map(words.cells, report.rows)) if report.rows else ""
    yield _section("Rows that failed", f"<p>{_text(words.about_rows(report))}</p>{rows}")


def _word(normal: object) -> str:
    return "said to be normal" if normal else ""


def _section(title: str, inner: str) -> str:
    return f'<section><h2 dir="auto">{_text(title)}</h2>{inner}</section>'


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{_text(each)}</th>" for each in header)
    filled = ("".join(f'<td dir="auto">{_text(each)}</td>' for each in row) for row in rows)
    body = "".join(f"<tr>{row}</tr>" for row in filled)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _svg(drawn: Chart) -> str:
    def places(points: Iterable[tuple[float, float]]) -> str:
        return " ".join(f"{x:.1f},{drawn.height - y:.1f}" for x, y in points)

    marks = "".join(f'<circle cx="{x:.1f}" cy="{drawn.height - y:.1f}" r="5" fill="#cf222e"/>' for x, y in drawn.alarms)
    label = 'font-size="12" fill="#57606a"'
    return (
        f'<svg viewBox="-10 -10 {drawn.width + 20:.0f} {drawn.height + 40:.0f}" role="img">'
        f'<polygon points="{places(drawn.band)}" fill="#0969da" fill-opacity="0.13"/>'
        f'<polyline points="{places(drawn.line)}" fill="none" stroke="#0969da" stroke-width="1.6"/>{marks}'
        f'<text x="0" y="{drawn.height + 22:.0f}" {label}>{drawn.first}</text>'
        f'<text x="{drawn.width:.0f}" y="{drawn.height + 22:.0f}" text-anchor="end" {label}>{drawn.last}</text>'
        f"{_number(drawn, drawn.most, label)}{_number(drawn, drawn.least, label)}</svg>"
    )


def _number(drawn: Chart, place: tuple[float, float], label: str) -> str:
    """A value of the line beside its height, not one of the frame around it: no file had 198.5 rows."""
    value, height = place
    return f'<text x="4" y="{drawn.height - height - 6:.1f}" {label}>{value:,.6g}</text>'


def _text(text: str) -> str:
    return escape(words.fit(text) if len(text) > words.LONGEST or not text.isprintable() else text)
