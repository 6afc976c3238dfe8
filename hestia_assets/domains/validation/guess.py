"""Which type each text column has, with the evidence. Where two readings are possible it stays text and asks."""

import re
from dataclasses import dataclass, replace

import polars as pl

from hestia_assets.core.results import Guess, Reason
from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.domains.validation._dates import (
    COMPACT,
    UTC,
    doubtful_century,
    temporal_candidates,
    zone_of,
    zones_of,
)
from hestia_assets.domains.validation._doubts import Doubt, questions_of
from hestia_assets.domains.validation._identifiers import (
    changed_as_numbers,
    names_of_one_width,
    releases,
    without_a_unit,
)
from hestia_assets.domains.validation._nulls import null_words_in, only_machine_words
from hestia_assets.domains.validation._numbers import (
    NUMBERS,
    PROVES_SIGNS,
    implausible,
    number_candidates,
    one_of_each,
    shown_signs,
    signs_of,
)
from hestia_assets.domains.validation._wide import guess_wide
from hestia_assets.domains.validation.types import PLAIN_SIGNS, readable_format, typed

BOOLEANS = ("true|false", "yes|no", "ja|nein", "oui|non", "si|no", "sí|no", "sim|não", "wahr|falsch", "vrai|faux",
            "y|n", "t|f", "j|n")  # fmt: skip
BOTH_MUST_OCCUR = ("sì|no", "on|off", "enabled|disabled", "ja|nej", "ja|nee", "kyllä|ei", "tak|nie", "ano|ne",
                   "áno|nie", "igen|nem", "da|nu", "да|нет", "так|ні", "是|否", "はい|いいえ")  # fmt: skip
"""One of them alone may be something else: ``ON`` is Ontario."""
TEMPORAL = (ColumnType.DATE, ColumnType.TIMESTAMP)
ENOUGH = {ColumnType.DATE: 0.95, ColumnType.TIMESTAMP: 0.95, ColumnType.INTEGER: 0.98, ColumnType.DECIMAL: 0.98}
"""Share of values that must fit, if the others look like slips (they hold digits) and not like words that mean
something (``still there``): slips are set aside, and the reason says how many; a column with words stays text."""
MOST_GUESSED = 2_000
"""Each column takes some milliseconds; of a wider file only plain numbers, so that nobody waits for minutes."""
CENTURY = " Two digits of a year: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068."


@dataclass(frozen=True)
class Found:
    """What one column is; ``proof``: a value that can only be read so."""

    column: Column
    because: str = ""
    doubt: Doubt | None = None
    proof: str = ""


def guess_types(frame: pl.DataFrame, columns: tuple[Column, ...]) -> Guess:
    """Each column with its type; one reason for each that is not plain text; questions where a person must decide."""
    if len(columns) > MOST_GUESSED:
        return guess_wide(frame, columns, limit=MOST_GUESSED)
    found = _settled([_guess(frame[column.name].str.strip_chars(), column) for column in columns])
    reasons = [Reason(one.column.name, one.column.type.value, one.because) for one in found if one.because]
    questions = questions_of([one.doubt for one in found if one.doubt])
    return Guess(tuple(one.column for one in found), tuple(reasons), questions)


def _guess(text: pl.Series, column: Column) -> Found:
    values = text.drop_nulls()
    values = values.filter(values != "")
    if values.is_empty():
        return Found(column, "It has no values to judge by.")
    nulls = null_words_in(values)
    if nulls.any() and not nulls.all():
        plain = _of_values(values.filter(~nulls), column)
        kept = plain.doubt.readings[0] if plain.doubt else plain.column
        boolean = kept.type is ColumnType.BOOLEAN and only_machine_words(values.filter(nulls))
        if boolean or kept.type in (*NUMBERS, *TEMPORAL):
            return _with_null_words(plain, values.filter(nulls))
    found = _of_values(values, column)
    if values.len() < text.len() - text.null_count() and found.column.type is not ColumnType.TEXT:
        return replace(found, column=_with_words(found.column, [""]))
    return found


def _with_null_words(found: Found, nulls: pl.Series) -> Found:
    counts = nulls.value_counts(sort=True, name="count")
    words = sorted(nulls.unique().to_list())
    said = " and ".join(f"'{word}' ({count:,})" for word, count in counts.head(5).iter_rows())
    because = f"{found.because} {said} {'means' if len(words) == 1 else 'mean'} that there is no value."
    if found.doubt:
        readings = tuple(_with_words(reading, ["", *words]) for reading in found.doubt.readings)
        return replace(found, doubt=replace(found.doubt, readings=readings))
    return replace(found, column=_with_words(found.column, ["", *words]), because=because)


def _with_words(column: Column, words: list[str]) -> Column:
    return column.model_copy(update={"null_words": tuple(dict.fromkeys((*column.null_words, *words)))})


def _of_values(values: pl.Series, column: Column) -> Found:
    """The type of values that all mean something."""
    candidates = temporal_candidates(values, column)
    if candidates and candidates[0].format == COMPACT and _share(values, candidates[0]) == 1:
        return Found(candidates[0], f"All {values.len():,} values are days written YYYYMMDD, and the header says so.")
    named = names_of_one_width(values, column.source) or releases(values, column.source)
    if evidence := changed_as_numbers(values) or named or without_a_unit(values):
        return Found(column, evidence)
    if len(zones := zones_of(values)) > 1:
        named = ", ".join(zone.strip() if zone else "none" for zone in zones)
        return Found(column, f"Its times are in several zones ({named}); as one column they would lose them.")
    return _best(values, column, [*number_candidates(values, column), *_booleans(values, column), *candidates])


def _below_all(share: float) -> str:
    """Most as a percentage, never rounded up: 100% would say that no value says anything else."""
    return f"{int(share * 1000) / 10:g}%"


def _booleans(values: pl.Series, column: Column) -> list[Column]:
    """Pairs of words worth trying; of letters both must occur: ``N`` alone may be north."""
    few = set(values.head(5_000).str.to_lowercase().unique().head(3))
    pairs = [pair for pair in BOOLEANS if few <= set(pair.split("|")) and (len(pair) > 3 or len(few) == 2)]
    pairs += [pair for pair in BOTH_MUST_OCCUR if few == set(pair.split("|"))]
    return [column.model_copy(update={"type": ColumnType.BOOLEAN, "format": pair}) for pair in pairs]


def _best(values: pl.Series, column: Column, candidates: list[Column]) -> Found:
    fits = [(candidate, _share(values, candidate)) for candidate in candidates]
    good = [(candidate, share) for candidate, share in fits if share >= ENOUGH.get(candidate.type, 1.0)]
    if not good:
        return Found(column)
    best, share = max(good, key=lambda item: item[1])
    if words := _words_among(values, best):
        kind = "dates" if best.type in TEMPORAL else "numbers"
        return Found(column, f"{_below_all(share)} of its values are {kind}, but others say {words}.")
    others = [other for other, _ in good if _family(other) == _family(best) and other is not best]
    rivals = one_of_each([other for other in others if _is_rival(values, best, other)])
    if rivals:
        return _in_doubt(column, Doubt(_family(best), (best, *rivals), values.unique(maintain_order=True)))
    return _sure(values, best, share)


def _sure(values: pl.Series, best: Column, share: float) -> Found:
    """A column with one best reading, unless its years or its zone are doubtful."""
    unread = best.model_copy(update={"type": ColumnType.TEXT, "format": None})
    read = _read(values, best)
    if best.type in TEMPORAL and doubtful_century(read, best):
        return _in_doubt(unread, Doubt("years", (best,), values.filter(read.is_not_null()).unique(maintain_order=True)))
    if zone_of(best) and zone_of(best) not in UTC:
        return _in_doubt(unread, Doubt("zones", (best,), values.unique(maintain_order=True)))
    proof = _proof(values, best)
    return Found(best, _evidence(values, best, share, proof), proof=proof)


def _in_doubt(column: Column, doubt: Doubt) -> Found:
    said = " or ".join(doubt.words)
    because = {
        "dates": f"All dates could be {said}: choose one.",
        "numbers": f"All numbers could be {said}: choose one.",
        "years": f"Years of two digits ({said}) may belong to either century: choose.",
        "zones": f"All times are at one offset from UTC ({said}), which the column would not hold: choose.",
    }
    return Found(column, because[doubt.what], doubt)


def _settled(found: list[Found]) -> list[Found]:
    """Doubts end where another column of the file proves its decimal sign, or the order of its dates."""
    found = _settled_dates(found)
    proofs = {one.column.decimal_sign: one for one in found if one.proof and one.column.type in NUMBERS}
    if len(proofs) != 1:
        return found
    (proof,) = proofs.values()
    return [_settle(one, one.doubt, proof) if one.doubt and one.doubt.what == "numbers" else one for one in found]


def _settled_dates(found: list[Found]) -> list[Found]:
    """The same; of two orders of day and month the one that other dates of this shape in the file can only have."""
    proofs = {_day(one.column): one for one in found if one.proof and one.column.type in TEMPORAL}
    return [_settle_dates(one, one.doubt, proofs) if one.doubt and one.doubt.what == "dates" else one for one in found]


def _settle_dates(one: Found, doubt: Doubt, proofs: dict[str, Found]) -> Found:
    fitting = [reading for reading in doubt.readings if _day(reading) in proofs]
    if len(fitting) != 1:
        return one
    proof = proofs[_day(fitting[0])]
    because = f"All values fit (as {readable_format(fitting[0].format or '')}): in {proof.column.name} '{proof.proof}'"
    return Found(fitting[0], f"{because} can only be read so.")


def _day(column: Column) -> str:
    """The part of a pattern before its time."""
    return re.split(r"[T ,:]+%[HI]", column.format or "")[0]


def _settle(one: Found, doubt: Doubt, proof: Found) -> Found:
    sign = proof.column.decimal_sign
    fitting = [reading for reading in doubt.readings if reading.decimal_sign == sign]
    hint = f"'{proof.proof}' in {proof.column.name} is written with {shown_signs(proof.column)}."
    if len(fitting) != 1 or signs_of(fitting[0]) == (",", "."):  # 1.234 may come from a machine in any file
        return replace(one, doubt=replace(doubt, hint=hint))
    return Found(fitting[0], f"All values fit (with {shown_signs(fitting[0])}): {hint}")


def _family(column: Column) -> str:
    if column.type in TEMPORAL:
        return "dates"
    return "numbers" if column.type in NUMBERS else "words"


def _read(values: pl.Series, column: Column) -> pl.Series:
    return values.to_frame(column.name).select(typed(column)).to_series()


def _words_among(values: pl.Series, column: Column) -> str:
    """A few of the misfits that hold no digit, quoted."""
    misfits = values.filter(_read(values, column).is_null())
    words = misfits.filter(~misfits.str.contains(r"\d")).unique(maintain_order=True).head(3)
    return ", ".join(f"'{word[:30]}'" for word in words)


def _is_rival(values: pl.Series, best: Column, other: Column) -> bool:
    """Whether another reading is as good: it means something else, and no value speaks for the best one alone."""
    one, two = _read(values, best), _read(values, other)
    if _family(best) == "numbers":
        one, two = one.cast(pl.Float64), two.cast(pl.Float64)
    both = one.is_not_null() & two.is_not_null()
    if not (both & (one != two)).any() or implausible(values, best, other):
        return False
    return not (one.is_not_null() & two.is_null()).any() or bool((two.is_not_null() & one.is_null()).any())


def _proof(values: pl.Series, best: Column) -> str:
    """The first value that shows the decimal sign, or that has no reading with day and month in the other order."""
    if best.type in NUMBERS:
        proving = values.filter(values.str.contains(PROVES_SIGNS) & _read(values, best).is_not_null())
        return proving[0] if proving.len() else ""
    swapped = _swapped(best)
    if swapped is None or best.type not in TEMPORAL:
        return ""
    alone = values.filter(_read(values, best).is_not_null() & _read(values, swapped).is_null())
    return alone[0] if alone.len() else ""


def _swapped(column: Column) -> Column | None:
    """The same pattern with day and month in the other order, where people write both."""
    pattern = column.format or ""
    if "%m" not in pattern or "." in pattern.partition("%H")[0]:
        return None
    other = pattern.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
    return column.model_copy(update={"format": other})


def _share(values: pl.Series, candidate: Column) -> float:
    """Share of values that fit; looks at a few first, so that hopeless candidates cost nothing."""
    fitting = 0.0
    for sample in (values.head(100), values):
        fitting = float(_read(sample, candidate).is_not_null().mean() or 0.0)  # pyright: ignore[reportArgumentType] - a share
        if fitting < 0.5:
            return 0.0
    return fitting


def _evidence(values: pl.Series, column: Column, share: float, proof: str) -> str:
    misfit = round(values.len() * (1 - share))
    shape = ""
    if column.type in TEMPORAL and column.format:
        shape = f" (as {readable_format(column.format)})"
    if column.type in NUMBERS and signs_of(column) != PLAIN_SIGNS:
        shape = f" (with {shown_signs(column)}, as in '{proof}')" if proof else f" (with {shown_signs(column)})"
    said = f"{values.len() - misfit:,} of {values.len():,} values seen fit{shape}; {misfit:,} will be set aside."
    said = said if misfit else f"All {values.len():,} values seen fit{shape}."
    said += f" '{proof}' can only be read so." if proof and column.type in TEMPORAL else ""
    said += f" The times are in UTC ({zone_of(column)})." if zone_of(column) else ""
    return said + (CENTURY if "%y" in (column.format or "") else "")
