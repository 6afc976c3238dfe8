"""What a recipe for a workbook can choose; every default keeps what is there or sets it aside, nothing is guessed."""

from typing import Literal

from pydantic import Field

from hestia_assets.core.specs import Recipe, Spec, parse
from hestia_assets.formats._excel.facts import Kind, Special


class ExcelOptions(Spec):
    """How a sheet is read."""

    sheet: str = Field(default="", title="Sheet", description="Name of the sheet. Empty: the only visible one.")
    hidden_rows: Literal["keep", "skip"] = Field(
        default="keep",
        title="Hidden rows",
        description="keep: hidden or filtered rows are data. skip: left out, counted.",
    )
    hidden_columns: Literal["keep", "skip"] = Field(
        default="keep", title="Hidden columns", description="keep: hidden columns are data. skip: left out."
    )
    merged: Literal["first", "fill"] = Field(
        default="first",
        title="Merged cells",
        description="first: the value stands in the first row or column. fill: repeated in every cell that was merged.",
    )
    uncached: Literal["aside", "empty"] = Field(
        default="aside",
        title="Formulas without a saved result",
        description="aside: the row is set aside. empty: the cell has no value.",
    )
    errors: Literal["aside", "text", "empty"] = Field(
        default="aside",
        title="Error cells such as #DIV/0!",
        description="aside: the row is set aside. text: the error is kept as text. empty: the cell has no value.",
    )
    formats: Literal["shown", "stored"] = Field(
        default="shown",
        title="Numbers shown with leading zeros",
        description="shown: 00123, as the sheet shows it. stored: 123.",
    )

    times: Literal["clock", "hours"] = Field(
        default="clock",
        title="Times and durations",
        description="clock: 08:30:00, as the sheet shows them. hours: 8.5.",
    )
    dates: Literal["file", "1900"] = Field(
        default="file",
        title="Where dates count from",
        description="file: as the workbook says. 1900: its 1904 is wrong, dates are four years and a day too late.",
    )

    def text_of(self, special: Special) -> str | None:
        """The text of a cell that needs more than its value."""
        if special.kind is Kind.UNCACHED:
            return special.stored if self.uncached == "aside" else None
        if special.kind is Kind.ERROR:
            return None if self.errors == "empty" else special.text
        if special.kind is Kind.SHOWN and self.formats == "stored":
            return special.stored
        return special.text

    def sets_aside(self, special: Special) -> bool:
        """Whether its row goes to quarantine."""
        if special.kind is Kind.UNCACHED:
            return self.uncached == "aside"
        return special.kind is Kind.ERROR and self.errors == "aside"


def options_of(recipe: Recipe) -> ExcelOptions:
    """The options of a recipe. Raises SpecError."""
    return parse(ExcelOptions, recipe.options)
