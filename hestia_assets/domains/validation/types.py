"""Text → typed values, strictly: a value that would change its meaning or lose a digit is a failure, not a guess.

``007`` is no integer, ``12E4`` no number, ``1.005`` no decimal of two places, ``1/21/77`` no four-digit year. Blanks
around numbers and dates do not count; text is never touched. A null word of the column is null in every type: compared
without the blanks around it, in a text column with them.
"""

import re
from datetime import date

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Column, ColumnType

BOOLEAN_WORDS = "true|false"
DATE_FORMAT = "%Y-%m-%d"
TIMESTAMP_FORMAT = "%Y-%m-%d %H:%M:%S"
DECIMAL_DIGITS = 38
FLOAT_DIGITS = 15
BELOW_MICROSECONDS = r"\.\d{6}0*[1-9]"
HAS_A_YEAR = re.compile(r"%[-_0]?[YyGgFDcxvs+]")
HAS_A_TIME = re.compile(r"%[-_0.:\d]*[HkIlMSTRrXpPfzZcs+]")
ENDS_WITH_SECONDS = re.compile(r"(?:[^%]|%[YmdHM])*[^%\w]%S")
"""No other part of such a time can be 60, but a year that is too old."""
FIRST_DAY = date(1000, 1, 1)
"""Before it a year has fewer than four digits: Polars takes two for ``%Y``."""
PLAIN_SIGNS = (".", "")
EMPTY_IS_NULL = ("",)
ALIKE = {" ": " \u00a0\u202f", "'": "'\u2019"}
"""Signs between thousands that people cannot tell apart."""

EXPECTED = {
    ColumnType.INTEGER: "a whole number without leading zeros",
    ColumnType.DECIMAL: "a number with at most {scale} decimal places",
    ColumnType.FLOAT: "a number",
    ColumnType.BOOLEAN: "one of {format}",
    ColumnType.DATE: "a date like {format}",
    ColumnType.TIMESTAMP: "a date and time like {format}",
}


def data_type(column: Column) -> pl.DataType:
    """The Polars type of a column once typed."""
    types: dict[ColumnType, pl.DataType] = {
        ColumnType.TEXT: pl.String(),
        ColumnType.INTEGER: pl.Int64(),
        ColumnType.DECIMAL: pl.Decimal(DECIMAL_DIGITS, column.scale),
        ColumnType.FLOAT: pl.Float64(),
        ColumnType.BOOLEAN: pl.Boolean(),
        ColumnType.DATE: pl.Date(),
        ColumnType.TIMESTAMP: pl.Datetime("us"),
    }
    return types[column.type]


def cast_all(frame: pl.DataFrame, columns: tuple[Column, ...]) -> pl.DataFrame:
    """The frame with each column typed; what does not fit is null there (compare with the text to find it).

    Blanks around values are rare and taking them off costs more than reading a date, so this waits for need.
    """
    quick = [_quick(column).alias(column.name) for column in columns]
    rows = frame.lazy().with_columns(quick).collect()  # lazily: what an expression names twice is computed once
    again = [column for column in columns if column.type is not ColumnType.TEXT]
    return rows.with_columns([_once_more(frame[column.name], rows[column.name], column) for column in again])


def _quick(column: Column) -> pl.Expr:
    """The type of values that are written as they would be printed, without blanks around them."""
    text = pl.col(column.name)
    if column.type is ColumnType.BOOLEAN and column.null_words in (EMPTY_IS_NULL, ()):
        return _either(text, column.format or BOOLEAN_WORDS)
    return _typed(text, column)


def _once_more(text: pl.Series, value: pl.Series, column: Column) -> pl.Series:
    """The values, after a second look at those that became none, now without the blanks around them."""
    missing = value.is_null()
    if missing.sum() == text.null_count() + (text == "").sum():
        return value
    if column.type is not ColumnType.BOOLEAN:
        missing &= text.str.contains(r"^\s|\s$").fill_null(value=False)
    if not missing.any():
        return value
    stripped = text.to_frame().lazy().select(typed(column).alias(column.name)).collect().to_series()
    return value.zip_with(~missing, stripped)


def misfits(text: pl.DataFrame, typed_rows: pl.DataFrame, column: Column) -> pl.Series:
    """Indices of the rows whose text means a value but did not become one."""
    missing, words = typed_rows[column.name].is_null(), text[column.name]
    empty = words.null_count() + (words == "").sum()
    if "" in column.null_words and missing.sum() == empty:  # these are always missing, so nothing else is
        return missing.clear().arg_true()
    candidates = words.filter(missing).str.strip_chars()
    means_value = candidates.is_not_null() & ~candidates.is_in(_stripped(column.null_words))
    return missing.arg_true().filter(means_value)


def expected(column: Column) -> str:
    """What a column's text should have been, in plain words."""
    words = column.format or {ColumnType.BOOLEAN: BOOLEAN_WORDS, ColumnType.DATE: DATE_FORMAT}.get(
        column.type, TIMESTAMP_FORMAT
    )
    shown = words.replace("|", " or ") if column.type is ColumnType.BOOLEAN else readable_format(words)
    said = EXPECTED[column.type].format(scale=column.scale, format=shown)
    return said + _written_like(column)


def _written_like(column: Column) -> str:
    numbers = {ColumnType.INTEGER: "1{0}234", ColumnType.DECIMAL: "1{0}234{1}5", ColumnType.FLOAT: "1{0}234{1}5"}
    if column.type not in numbers or (column.decimal_sign, column.thousands_sign) == PLAIN_SIGNS:
        return ""
    return f", written like {numbers[column.type].format(column.thousands_sign, column.decimal_sign)}"


def readable_format(pattern: str) -> str:
    """A strptime pattern as people write it: ``%d.%m.%Y`` → ``DD.MM.YYYY``."""
    for sign, word in (("%Y", "YYYY"), ("%m", "MM"), ("%d", "DD"), ("%y", "YY"), ("%H", "hh"), ("%M", "mm"),
                       ("%S", "ss"), ("%.f", ".fff"), ("%b", "Mon"), ("%B", "Month"), ("%I", "hh"),
                       ("%p", "AM"), ("%a", "Day"), ("%A", "Day")):  # fmt: skip
        pattern = pattern.replace(sign, word)
    return pattern


def typed(column: Column) -> pl.Expr:
    """Expression that turns a text column into its type."""
    text = pl.col(column.name)
    return _typed(text if column.type is ColumnType.TEXT else text.str.strip_chars(), column)


def _typed(text: pl.Expr, column: Column) -> pl.Expr:
    if column.type is ColumnType.TEXT:
        return _text(text, column.null_words)
    value = _value(text, column)
    if column.null_words in (EMPTY_IS_NULL, ()):  # an empty text is no value of any of these types
        return value
    bare = text.str.strip_chars()  # Polars reads a day with blanks before it
    return pl.when(~bare.is_in(_stripped(column.null_words))).then(value)


def _text(text: pl.Expr, null_words: tuple[str, ...]) -> pl.Expr:
    if null_words == EMPTY_IS_NULL:
        return pl.when(text != "").then(text)
    return pl.when(~text.is_in(list(null_words))).then(text) if null_words else text


def _stripped(null_words: tuple[str, ...]) -> pl.Series:
    return pl.Series([word.strip() for word in null_words], dtype=pl.String).implode()


def _value(text: pl.Expr, column: Column) -> pl.Expr:
    if column.type is ColumnType.BOOLEAN:
        return _boolean(text, column.format or BOOLEAN_WORDS)
    if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return _temporal(text, column)
    if (column.decimal_sign, column.thousands_sign) != PLAIN_SIGNS:
        text = _plainly_written(text, column)
    return _number(text, column)


def _plainly_written(text: pl.Expr, column: Column) -> pl.Expr:
    """``1.234,50`` → ``1234.50``; null where the signs do not stand as they must, or mean both."""
    decimal, thousands = column.decimal_sign, column.thousands_sign
    ending = r"(?:[eE][+-]?\d+)?$"
    if decimal == thousands:
        return pl.when(text.str.contains(r"^-?\d+" + ending)).then(text)
    point = re.escape(decimal)
    if not thousands:
        return pl.when(text.str.contains(rf"^-?\d*(?:{point}\d+)?{ending}")).then(text.str.replace(point, "."))
    group = f"[{ALIKE.get(thousands, thousands)}]"
    pattern = rf"^-?(?:\d*|[1-9]\d{{0,2}}(?:{group}\d{{3}})+)(?:{point}\d+)?{ending}"
    joined = text.str.replace_all(group, "").str.replace(point, ".")
    return pl.when(text.str.contains(pattern)).then(joined)


def _number(text: pl.Expr, column: Column) -> pl.Expr:
    value = text.cast(data_type(column), strict=False)
    if column.type is ColumnType.INTEGER:
        return pl.when(~_written_otherwise(text)).then(value)
    if column.type is ColumnType.DECIMAL:
        pattern = rf"^-?(?:0|[1-9]\d*)(?:\.\d{{0,{column.scale}}}0*)?$|^-?\.\d{{1,{max(1, column.scale)}}}$"
        return pl.when(text.str.contains(pattern)).then(value)
    plain = text.str.contains(r"^-?(?:0|[1-9]\d*)?(?:\.\d+)?(?:[eE][+-]?\d+)?$")
    code = text.str.contains(r"^\d+[eE]\d+$")
    kept = pl.struct(text.alias("text"), value.alias("value")).map_batches(_keeps_digits, return_dtype=pl.Boolean)
    return pl.when(plain & ~code & value.is_finite() & kept).then(value)


def _keeps_digits(rows: pl.Series) -> pl.Series:
    """Whether a float, printed, has the digits of its text; 15 digits in plain notation always come back."""
    text, value = rows.struct.field("text"), rows.struct.field("value")
    short = (text.str.len_bytes() <= FLOAT_DIGITS) & ~text.str.contains("[eE]")
    if short.all():
        return short
    return short.fill_null(value=True) | (_digits(text) == _digits(value.cast(pl.String)))


def _digits(number: pl.Series) -> pl.Series:
    """The digits that count: ``-0.0120e5`` → ``12``."""
    mantissa = number.str.replace("[eE].*$", "").str.replace_all("[^0-9]", "")
    return mantissa.str.strip_chars_start("0").str.strip_chars_end("0")


def _written_otherwise(text: pl.Expr) -> pl.Expr:
    """Whether an integer is written as it would not be printed: ``007``, ``+5``, ``-0``."""
    zero = text.str.starts_with("0") & (text != "0")
    return zero | text.str.starts_with("+") | text.str.starts_with("-0")


def _boolean(text: pl.Expr, words: str) -> pl.Expr:
    return _either(text.str.to_lowercase(), words.lower())


def _either(text: pl.Expr, words: str) -> pl.Expr:
    yes, _, no = words.partition("|")
    return pl.when(text == yes).then(True).when(text == no).then(False)


def _temporal(text: pl.Expr, column: Column) -> pl.Expr:
    if column.format:
        _refuse_pattern(column.format, column)
    if column.type is ColumnType.DATE:
        pattern = column.format or DATE_FORMAT
        value = text.str.to_date(pattern, strict=False, exact=True)
    else:
        pattern = (column.format or TIMESTAMP_FORMAT).replace(".%f", "%.f")  # alone, %f counts nanoseconds
        value = text.str.to_datetime(pattern, time_unit="us", strict=False, exact=True, cache=False)
        if "f" in pattern:  # a type of microseconds would cut the rest off
            value = pl.when(~text.str.contains(BELOW_MICROSECONDS)).then(value)
    if "%S" in pattern:
        value = pl.when(~_leap_second(text, pattern)).then(value)
    if re.search("%[A-Za-z]%[A-Za-z]", pattern):  # nothing between them: only their width tells them apart
        value = pl.when(text.str.contains(f"^{_widths(pattern)}")).then(value)
    if "%y" in pattern:  # Polars takes four digits for two
        return pl.when(~text.str.contains(r"\d{4}")).then(value)
    return pl.when(value >= FIRST_DAY).then(value) if "%Y" in pattern else value


def _refuse_pattern(pattern: str, column: Column) -> None:
    """One that reads nothing, makes a day out of a time, or cuts the time off a day. Raises SpecError."""
    if column.type is ColumnType.DATE and HAS_A_TIME.search(pattern):
        raise SpecError(
            f"'{pattern}' reads a time of day, which the dates of {column.name} cannot hold.",
            hint="Make the column a timestamp; where all times are alike, write them as they are: %Y-%m-%d 00:00:00.",
        )
    try:
        pl.Series(["1"]).str.to_datetime(pattern.replace(".%f", "%.f"), strict=False)
        usable = HAS_A_YEAR.search(pattern)
    except pl.exceptions.ComputeError:
        usable = None
    if not usable:
        raise SpecError(
            f"'{pattern}' says not how the {column.type.value}s of {column.name} are written.",
            hint="Write the pattern with day, month and year, such as %d.%m.%Y; 12 hours (%I) need %p too.",
        )


def _leap_second(text: pl.Expr, pattern: str) -> pl.Expr:
    """Whether it is the 60th second, which Polars takes for the first one of the next minute, with blanks before it."""
    before = pattern[pattern.index("%S") - 1]
    if ENDS_WITH_SECONDS.fullmatch(pattern):  # looking at the end takes a tenth of the time
        return text.str.ends_with("60")
    blank = r"\s+" if before.isspace() else rf"{re.escape(before)}\s*"
    return text.str.contains(rf"{blank}60(?:\D|$)" if not before.isalnum() else r"60(?:\D|$)")


def _widths(pattern: str) -> str:
    widths = {
        "%Y": r"\d{4}",
        "%b": r"\p{L}+",
        "%B": r"\p{L}+",
        "%p": r"\p{L}+",
        "%a": r"\p{L}+",
        "%A": r"\p{L}+",
        "%f": r"\d+",
    }
    return re.sub("%[A-Za-z]", lambda sign: widths.get(sign[0], r"\d{2}"), pattern.replace("%.f", ""))
