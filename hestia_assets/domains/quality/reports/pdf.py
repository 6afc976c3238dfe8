"""A report as PDF: drawn on a canvas, the font embedded; a sign that the font does not have is printed as its number.

The font is DejaVu Sans where the system has it, else Vera, which comes with reportlab and has Western signs only.
Scripts that run from right to left would need shaping: their letters are printed as numbers, not in a wrong order.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from hestia_assets.core.results.quality import Report
from hestia_assets.domains.quality.reports import words
from hestia_assets.domains.quality.reports.chart import Chart, chart

FONTS = ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf")
WIDTH, HEIGHT, MARGIN = 595.0, 842.0, 42.0
SIZE, LEADING = 8.5, 11.5
LINES_OF_A_CELL = 12
"""Lines of one cell; what does not fit is said to be cut."""

BLUE, RED, GREY = (0.035, 0.41, 0.85), (0.81, 0.13, 0.18), (0.34, 0.38, 0.42)


def write(report: Report) -> bytes:
    """One PDF file, as many A4 pages as it takes."""
    sheet = Sheet.open(report.title)
    sheet.title(report)
    if report.score:
        sheet.section("Score")
        sheet.table(("Part", "of 100", "How"), map(words.part_cells, report.score.parts), (0.2, 0.12, 0.68))
    if report.counts:
        sheet.section("Rows")
        sheet.table(("", ""), [(name, f"{number:,}") for name, number in report.counts.items()], (0.4, 0.6))
    sheet.section("Lines")
    sheet.table(("Where they went", "Lines"), words.account_cells(report), (0.4, 0.6))
    sheet.section("Worst rules")
    if report.worst:
        sheet.table(words.CHECK_HEADER, words.check_cells(report), (0.45, 0.3, 0.25))
    else:
        sheet.paragraph("No check failed.")
    _figures(sheet, report)
    sheet.section("Rows that failed")
    sheet.paragraph(words.about_rows(report))
    if report.rows:
        sheet.table(words.ROW_HEADER, map(words.cells, report.rows), (0.1, 0.15, 0.29, 0.17, 0.29))
    return sheet.close()


def _figures(sheet: "Sheet", report: Report) -> None:
    sheet.section("Unusual figures")
    alarms = [(f"{each.at:%Y-%m-%d}", each.sentence, each.expected.why) for each in report.anomalies]
    if alarms:
        sheet.table(("Day", "What", "Why it was expected"), alarms, (0.14, 0.48, 0.38))
    for each in (words.remarks if alarms else words.no_alarm)(report):
        sheet.paragraph(each)
    drawn = chart(report.trend, width=WIDTH - 2 * MARGIN, height=100)
    if drawn and report.trend:
        sheet.section(f"{report.trend.metric.title} over time")
        sheet.chart(drawn)


@dataclass
class Sheet:
    """A canvas with a cursor; ``signs``: those that the font has."""

    canvas: Any
    target: BytesIO
    font: str
    signs: frozenset[int]
    y: float = HEIGHT - MARGIN
    widths: dict[str, float] = field(default_factory=dict[str, float])

    @classmethod
    def open(cls, title: str) -> "Sheet":
        """An empty sheet. Libraries are loaded here: whoever prints nothing does not wait for them."""
        import reportlab
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
        from reportlab.pdfgen.canvas import Canvas

        own = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
        path = next((Path(each) for each in FONTS if Path(each).is_file()), own)
        font: Any = TTFont(f"Hestia-{path.stem}", str(path))
        metrics: Any = pdfmetrics
        metrics.registerFont(font)
        target = BytesIO()
        canvas: Any = Canvas(target, pagesize=(WIDTH, HEIGHT))
        canvas.setTitle(words.fit(title))
        canvas.setCreator("Hestia")
        return cls(canvas, target, font.fontName, frozenset(font.face.charToGlyph))

    def close(self) -> bytes:
        """The file."""
        self.canvas.save()
        return self.target.getvalue()

    def title(self, report: Report) -> None:
        """What it is, when it was made, and the verdict."""
        self.paragraph(report.title, size=15)
        self.paragraph(f"Made {report.made_at:%Y-%m-%d %H:%M} UTC by Hestia", colour=GREY)
        self.paragraph(f"{report.verdict}. {report.sentence}", size=10.5)

    def section(self, name: str) -> None:
        """A heading that is not left alone at the foot of a page."""
        self._room(4 * LEADING)
        self.y -= 10
        self.paragraph(name, size=11, colour=BLUE)

    def paragraph(self, text: str, *, size: float = SIZE, colour: tuple[float, float, float] = (0, 0, 0)) -> None:
        """Text over the whole width."""
        for line in self._wrapped(text, WIDTH - 2 * MARGIN, size):
            self._room(size * 1.35)
            self.y -= size * 1.35
            self._write(MARGIN, line, size, colour)
        self.y -= 2

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]], shares: Sequence[float]) -> None:
        """Rows with a line under each; ``shares`` of the width by column."""
        if any(header):
            self._row(header, shares, GREY)
        for row in rows:
            self._row(row, shares, (0, 0, 0))

    def chart(self, drawn: Chart) -> None:
        """The band, the line and the alarms."""
        self._room(drawn.height + 30)
        base = self.y - drawn.height - 4
        if drawn.band:
            self.canvas.setFillColorRGB(*BLUE, alpha=0.13)
            self._path([(MARGIN + x, base + y) for x, y in drawn.band], fill=True)
        self.canvas.setStrokeColorRGB(*BLUE)
        self._path([(MARGIN + x, base + y) for x, y in drawn.line], fill=False)
        self.canvas.setFillColorRGB(*RED, alpha=1)
        for x, y in drawn.alarms:
            self.canvas.circle(MARGIN + x, base + y, 2.6, stroke=0, fill=1)
        self.y = base - 12
        ends = f"{drawn.first} to {drawn.last}; from {drawn.least[0]:,.6g} to {drawn.most[0]:,.6g}"
        self._write(MARGIN, ends, 7.5, GREY)

    def _path(self, points: Sequence[tuple[float, float]], *, fill: bool) -> None:
        path = self.canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        self.canvas.drawPath(path, stroke=int(not fill), fill=int(fill))

    def _row(self, row: Sequence[str], shares: Sequence[float], colour: tuple[float, float, float]) -> None:
        full = WIDTH - 2 * MARGIN
        wrapped = [self._cell(text, share * full - 6) for text, share in zip(row, shares, strict=True)]
        height = max(len(lines) for lines in wrapped) * LEADING + 3
        self._room(height)
        x = MARGIN
        for lines, share in zip(wrapped, shares, strict=True):
            for number, line in enumerate(lines):
                self._write(x, line, SIZE, colour, y=self.y - (number + 1) * LEADING + 2)
            x += share * full
        self.y -= height
        self.canvas.setStrokeColorRGB(0.85, 0.87, 0.9)
        self.canvas.line(MARGIN, self.y, WIDTH - MARGIN, self.y)

    def _cell(self, text: str, width: float) -> list[str]:
        lines = self._wrapped(text, width, SIZE)
        return lines if len(lines) <= LINES_OF_A_CELL else [*lines[: LINES_OF_A_CELL - 1], "… (cut)"]

    def _write(
        self, x: float, text: str, size: float, colour: tuple[float, float, float], *, y: float | None = None
    ) -> None:
        self.canvas.setFont(self.font, size)
        self.canvas.setFillColorRGB(*colour, alpha=1)
        self.canvas.drawString(x, self.y if y is None else y, text)

    def _room(self, height: float) -> None:
        if self.y - height < MARGIN:
            self.canvas.showPage()
            self.y = HEIGHT - MARGIN

    def _wrapped(self, text: str, width: float, size: float) -> list[str]:
        """Lines that fit, broken at spaces where there are some; a space is shown only where the text has one."""
        lines, length = [""], 0.0
        for number, word in enumerate(self._drawable(text).split(" ")):
            gap = " " if number else ""
            for piece in self._pieces(word, width, size):
                wide = self._width(gap + piece, size)
                if lines[-1] and length + wide > width:
                    lines.append(piece)
                    length = self._width(piece, size)
                else:
                    lines[-1] += gap + piece
                    length += wide
                gap = ""
        return lines

    def _pieces(self, word: str, width: float, size: float) -> list[str]:
        """A word that is wider than the line, in pieces."""
        if self._width(word, size) <= width:
            return [word]
        most = max(1, int(width / (size * 0.7)))
        return [word[at : at + most] for at in range(0, len(word), most)]

    def _width(self, text: str, size: float) -> float:
        if text not in self.widths:
            self.widths[text] = self.canvas.stringWidth(text, self.font, 1.0)
        return self.widths[text] * size

    def _drawable(self, text: str) -> str:
        whole = text if len(text) <= words.LONGEST and text.isprintable() else words.fit(text)
        return "".join(sign if self._has(sign) else f"[U+{ord(sign):04X}]" for sign in whole)

    def _has(self, sign: str) -> bool:
        return ord(sign) in self.signs and unicodedata.bidirectional(sign) not in ("R", "AL", "NSM")
