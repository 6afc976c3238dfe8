"""Which type each text column has, with the evidence. Where two readings are possible it stays text and says so."""

import polars as pl

from hestia_assets.core.results import Guess, Reason
from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.domains.validation.types import readable_format, typed

DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d",
         "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d-%b-%Y")  # fmt: skip
CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S%.f")
TIMESTAMPS = tuple(f"{date}{gap}{clock}{end}" for date in DATES[:7] for gap in (" ", "T") for clock in CLOCKS
                   for end in ("", "Z") if not (end and gap == " "))  # fmt: skip
BOOLEANS = ("true|false", "yes|no", "y|n", "t|f", "ja|nein", "oui|non", "si|no")
ENOUGH = {ColumnType.DATE: 0.95, ColumnType.TIMESTAMP: 0.95, ColumnType.INTEGER: 0.98, ColumnType.DECIMAL: 0.98}
"""Share of values that must fit, if the others look like slips (they hold digits) and not like words that mean
something (``Unknown``, ``-``): slips are set aside, and the reason says how many; a column with words stays text."""
IDENTIFIERS = (
    (r"^[+-]?0\d+([.,]\d+)?$", "begin with 0"),
    (r"^\+", "begin with +"),
    (r"^[+-]?\d{16,}$", "have more than 15 digits"),
    (r"^\d+[eE]\d+$", "look like 12E4, a code and no number"),
)
MOST_DECIMALS = 9


def guess_types(frame: pl.DataFrame, columns: tuple[Column, ...]) -> Guess:
    """Each column with its type; one reason for each that is not plain text."""
    guessed = [_guess(frame[column.name].str.strip_chars(), column) for column in columns]
    return Guess(tuple(column for column, _ in guessed), tuple(reason for _, reason in guessed if reason))


def _guess(text: pl.Series, column: Column) -> tuple[Column, Reason | None]:
    values = text.filter(text != "")
    if values.is_empty():
        return column, Reason(column.name, "text", "It has no values to judge by.")
    evidence = _identifier(values)
    if evidence:
        return column, Reason(column.name, "text", evidence)
    fits = [(candidate, _share(values, candidate)) for candidate in _candidates(values, column)]
    good = [(candidate, share) for candidate, share in fits if share >= ENOUGH.get(candidate.type, 1.0)]
    if not good:
        return column, None
    best, share = max(good, key=lambda item: item[1])
    if words := _words_among(values, best):
        kind = "dates" if best.format and best.type is not ColumnType.BOOLEAN else "numbers"
        return column, Reason(column.name, "text", f"{share:.0%} of its values are {kind}, but others say {words}.")
    equal = [other for other, other_share in good if other.type is best.type and other_share == share]
    rivals = [other.format for other in equal if _differ(values, best, other)]
    if rivals:
        rivals = [best.format, *rivals]
        shown = " or ".join(readable_format(rival or "") for rival in rivals)
        return column, Reason(column.name, "text", f"All dates could be {shown}: choose one.")
    return best, Reason(column.name, best.type.value, _evidence(values, best, share))


def _words_among(values: pl.Series, column: Column) -> str:
    """A few of the misfits that hold no digit, quoted."""
    fits = values.to_frame(column.name).select(typed(column).is_not_null()).to_series()
    misfits = values.filter(~fits)
    words = misfits.filter(~misfits.str.contains(r"\d")).unique(maintain_order=True).head(3)
    return ", ".join(f"'{word[:30]}'" for word in words)


def _differ(values: pl.Series, one: Column, other: Column) -> bool:
    """Whether two readings give different values."""
    read = values.to_frame(one.name).select(typed(one).alias("one"), typed(other).alias("other"))
    return not read["one"].equals(read["other"], null_equal=True)


def _identifier(values: pl.Series) -> str:
    for pattern, words in IDENTIFIERS:
        count = int(values.str.contains(pattern).sum())
        digits = int(values.str.contains(r"^[+-]?[\d.,eE]+$").sum())
        if count and digits * 10 >= values.len() * 9:
            return f"{count:,} of {values.len():,} values {words}; as numbers they would change."
    return ""


def _candidates(values: pl.Series, column: Column) -> list[Column]:
    """Types worth trying, judged by the look of a few values."""
    head = values.head(200)
    if head.str.contains(r"^-?[\d.]+$").mean() or 0:  # any number at all
        decimals = int(values.str.extract(r"\.(\d+)$").str.len_chars().max() or 0)  # pyright: ignore[reportArgumentType] - a count
        numbers = [ColumnType.INTEGER] + ([ColumnType.DECIMAL] if decimals <= MOST_DECIMALS else [ColumnType.FLOAT])
        scale = max(2, min(decimals, MOST_DECIMALS))
        plain = [column.model_copy(update={"type": kind, "scale": scale}) for kind in numbers]
    elif head.str.contains(r"^-?\d*\.?\d+[eE][+-]?\d+$").any():
        plain = [column.model_copy(update={"type": ColumnType.FLOAT})]
    else:
        plain = []
    words = [column.model_copy(update={"type": ColumnType.BOOLEAN, "format": pair}) for pair in BOOLEANS]
    return plain + words + _temporal_candidates(head, column)


def _temporal_candidates(head: pl.Series, column: Column) -> list[Column]:
    if not head.str.contains(r"^\d{1,4}[-/. ]\w{1,3}[-/. ]\d{2,4}").any():
        return []
    clock = bool(head.str.contains(r"\d:\d\d").any())
    kind, patterns = (ColumnType.TIMESTAMP, TIMESTAMPS) if clock else (ColumnType.DATE, DATES)
    return [column.model_copy(update={"type": kind, "format": pattern}) for pattern in patterns]


def _share(values: pl.Series, candidate: Column) -> float:
    """Share of values that fit; looks at a few first, so that hopeless candidates cost nothing."""
    for sample in (values.head(100), values):
        fitting = sample.to_frame(candidate.name).select(typed(candidate).is_not_null().mean()).item()
        if not fitting or fitting < 0.5:
            return 0.0
    return float(fitting)


def _evidence(values: pl.Series, column: Column, share: float) -> str:
    misfit = round(values.len() * (1 - share))
    shape = f" (as {readable_format(column.format)})" if column.format and "%" in column.format else ""
    if not misfit:
        return f"All {values.len():,} values seen fit{shape}."
    return f"{values.len() - misfit:,} of {values.len():,} values seen fit{shape}; {misfit:,} will be set aside."
