"""What a check demands, in plain words: the one place where they are made, for pages, commands, reports and alerts."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Any, Protocol, cast

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.rules import BatchRule, Rule, WordedRule
from hestia_assets.core.specs import CheckSpec, Exemption, Severity, Threshold, parse

if TYPE_CHECKING:
    from hestia_assets.core.results import CheckResult

MOST_VALUES = 10
"""Values of a list that are said; how many there are is said too."""

LONGEST = 200
"""Characters of one value, pattern or expression that are said."""

SEVERITY_WORDS: Mapping[Severity, str] = {
    Severity.REJECT: "Set the row aside",
    Severity.WARN: "Only count it",
    Severity.HOLD: "Hold the whole file",
}
"""What is done if a row fails."""

_CODE = frozenset({"pattern", "sql", "expression"})
WHOLE_WORDS: Mapping[Severity, str] = {Severity.WARN: "Only say so", Severity.HOLD: "Hold the whole file"}
"""What is done if a file as a whole fails: such a rule sets no row aside."""

_LETTERS = {
    "%Y": "YYYY", "%y": "YY", "%m": "MM", "%d": "DD", "%H": "hh", "%M": "mm", "%S": "ss", ".%f": ".ffffff",
    "%-d": "D", "%-m": "M", "%b": "Mon", "%B": "Month", "%I": "hh", "%p": "AM",
}  # fmt: skip
_VERBS = {"be": ("is", "are"), "have": ("has", "have")}


class Rules(Protocol):
    """The installed rules by name, as a registry gives them."""

    def names(self) -> list[str]:
        """All that are installed."""
        ...

    def get(self, name: str) -> Rule:
        """One of them. Raises UnknownPluginError."""
        ...


@dataclass(frozen=True, slots=True)
class Style:
    """How a face writes what users wrote: ``text`` is a name or a value, ``code`` a pattern or an expression."""

    text: Callable[[str], str] = str
    code: Callable[[str], str] = str


PLAIN = Style()


def sentence(check: CheckSpec, rules: Rules, style: Style = PLAIN) -> str:
    """What a check demands, without a full stop: ``price must be at least 0``.

    A rule that is no longer installed is named with its columns.
    """
    return _said(check, rules, style, asked=False)


def as_it_is(check: CheckSpec, rules: Rules, style: Style = PLAIN) -> str:
    """What is so of a row that passes a check: ``country is one of DE``."""
    return _said(check, rules, style, asked=True)


def without_columns(name: str, rules: Rules) -> str:
    """What a rule demands of no column yet, its parameters as dots."""
    rule = rules.get(name)
    nothing = dict.fromkeys(rule.parameters, "…")
    text = _filled(rule.sentence, CheckSpec(rule=name), nothing | {"columns": "…"}, rules, PLAIN)
    return re.sub(r"^…[:,]? ", "", text) if rule.sentence.startswith("{columns}") else text


def sentence_of(result: "CheckResult", checks: Iterable[CheckSpec], rules: Rules, style: Style = PLAIN) -> str:
    """What the check of a result demanded. ``checks``: those the dataset had when the batch came, as far as known."""
    if (found := next((check for check in checks if check.name == result.name), None)) is not None:
        return sentence(found, rules, style)
    if result.rule not in rules.names():
        return _unknown(result.rule, result.columns, style)
    rule = rules.get(result.rule)
    named = CheckSpec.model_construct(rule=result.rule, columns=result.columns, params={})
    return _filled(rule.sentence, named, {}, rules, style)


def left_as_edited(results: "Iterable[CheckResult]", unit: str) -> str:
    """Which rows of a file that came again are not loaded, as the table has them edited; empty where there are none.

    Args:
        results: of the file's checks; their sample names the first rows.
        unit: what the file's places count: line, record, row.
    """
    found = next((one for one in results if one.rule == "edited" and one.failed_rows), None)
    if found is None:
        return ""
    first = "; ".join(f"{unit} {one.line} ({one.value})" for one in found.sample)
    more = ", and others" if found.failed_rows > len(found.sample) else ""
    return (
        f"{_rows(found.failed_rows)} of this file {'is' if found.failed_rows == 1 else 'are'} in the table already, as "
        f"edited there before the file was undone, and set aside so that nothing comes twice: {first}{more}. Drop "
        "what is set aside to keep the edited rows; or undo the edit, and load what the file says."
    )


def held_by(result: "CheckResult", demands: str, *, quotes: bool = True) -> str:
    """Why a check holds a file, in one clause. ``quotes``: whether words that may name values of the file may be used.

    Args:
        result: of a check that holds.
        demands: its sentence.
        quotes: the problem of a file as a whole may name its values.
    """
    if result.problem:
        return result.problem.rstrip(".") if quotes else f"{demands}, and the file as a whole does not fulfil that"
    rows = _rows(result.failed_rows)
    borne = f", and only {_rows(result.allowed_rows)} may" if result.severity is Severity.REJECT else ""
    return f"{demands}, but {rows} {'fails' if result.failed_rows == 1 else 'fail'} that{borne}"


def consequence(severity: Severity, rule: str, rules: Rules) -> str:
    """What is done if a check of this rule fails."""
    whole = rule in rules.names() and isinstance(rules.get(rule), BatchRule)
    return (WHOLE_WORDS if whole else SEVERITY_WORDS).get(severity, SEVERITY_WORDS[severity])


def terms(check: CheckSpec, style: Style = PLAIN) -> tuple[str, ...]:
    """How much may fail, who is asked, and how many exceptions there are, where somebody said so."""
    said = [f"May fail: {borne(check.threshold)}"] if check.threshold else []
    said += [f"Ask {style.text(check.owner)}"] if check.owner else []
    number = len(check.exemptions)
    return (*said, *([f"{number:,} exception{'s' * (number != 1)}"] if number else []))


def borne(threshold: Threshold) -> str:
    """How much may fail: ``3 rows or 5 % of the rows, whichever is less``."""
    limits = [] if threshold.rows is None else [_rows(threshold.rows)]
    limits += [] if threshold.share is None else [f"{100 * threshold.share:g} % of the rows"]
    return " or ".join(limits) + (", whichever is less" if len(limits) > 1 else "")


def exempted(one: Exemption, style: Style = PLAIN) -> tuple[str, str]:
    """Which rows may fail and until when; why, and who allowed it."""
    row = ", ".join(f"{style.text(name)} = {style.text(value or '(empty)')}" for name, value in one.match.items())
    until = f"until {one.until:%d %b %Y}" if one.until else "for ever"
    return f"{row} may fail, {until}", f"{style.text(one.reason)} · allowed by {style.text(one.by)}"


def _said(check: CheckSpec, rules: Rules, style: Style, *, asked: bool) -> str:
    if check.rule not in rules.names():
        return _unknown(check.rule, check.columns, style)
    rule = rules.get(check.rule)
    defaults = {name: one.default for name, one in rule.parameters.items()}
    given = {name: value for name, value in (defaults | check.params).items() if value is not None}
    try:
        left_out = _fields(rule.sentence) & set(rule.parameters) - set(given)
        if not isinstance(rule, WordedRule) and left_out and not any(rule.parameters[one].required for one in left_out):
            return style.text(rule.message(check).rstrip("."))
        template = rule.wording(check) if isinstance(rule, WordedRule) else rule.sentence
    except HestiaError:  # half filled in, or wrong: what it asks for all the same
        template = rule.sentence
    return _filled(_asked(template, check) if asked else template, check, given, rules, style)


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _filled(template: str, check: CheckSpec, given: Mapping[str, Any], rules: Rules, style: Style) -> str:
    """The template's words, with what users wrote in the face's style; users' braces mean nothing."""
    places = dict(zip(("first", "second"), check.columns, strict=False)) | {"columns": list(check.columns)}
    parts: list[str] = []
    for words, name, how, _ in Formatter().parse(template):
        parts.append(words)
        if name:
            value = given[name] if name in given else places.get(name, "…")
            said = _shown(name, value, how or "", check, rules, style)
            if not said and parts[-1].endswith(" "):  # one blank is enough; those of users stay as they are
                parts[-1] = parts[-1][:-1]
            parts.append(said)
    return "".join(parts).strip()


def _shown(name: str, value: Any, how: str, check: CheckSpec, rules: Rules, style: Style) -> str:
    if isinstance(value, Mapping) and "rule" in value:
        return _nested(cast("Mapping[str, Any]", value), check, rules, style, asked=how == "if")
    if isinstance(value, list | tuple):
        last = f" {how} " if how in ("or", "and") else ", "
        return _listed(cast("Sequence[object]", value), last, name, style)
    text = str(cast("object", value))
    if how == "date":
        return style.text(date_in_letters(text))
    if name in _CODE and text != "…":
        return style.code(_cut(text if name == "pattern" else " ".join(text.split())))
    return style.text(_cut(text))


def _listed(values: Sequence[object], last: str, name: str, style: Style) -> str:
    if not values:
        return "…" if name != "columns" else ""
    shown = [style.text(_cut(str(one))) for one in values[:MOST_VALUES]]
    if len(values) > MOST_VALUES:
        return f"{', '.join(shown)} … ({len(values):,} in all)"
    return last.join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def _nested(value: Mapping[str, Any], check: CheckSpec, rules: Rules, style: Style, *, asked: bool) -> str:
    """A check within a check; ``asked``: as what is so, not as what must be so."""
    try:
        inner = parse(CheckSpec, dict(value) | {"columns": value.get("columns") or check.columns})
    except HestiaError:
        return "…"
    return _said(inner, rules, style, asked=asked)


def _asked(template: str, check: CheckSpec) -> str:
    """What is so instead of what must be so: ``country is DE`` for ``country must be DE``."""
    words = template.removeprefix("for each row must hold: ").replace("each row", "the row")
    many = len(check.columns) > 1 and words.startswith("{columns}")

    def verb(found: "re.Match[str]") -> str:
        no, word = found.group(1), found.group(2)
        if word in _VERBS:
            return f"{_VERBS[word][many]}{' not' if no else ''}"
        if no:
            return f"{'do' if many else 'does'} not {word}"
        return word if many else f"{word}s"

    return re.sub(r"\bmust (not )?(\w+)", verb, words, count=1)


def date_in_letters(pattern: str) -> str:
    """``DD.MM.YYYY`` for ``%d.%m.%Y``."""
    for sign, letters in sorted(_LETTERS.items(), key=lambda item: -len(item[0])):
        pattern = pattern.replace(sign, letters)
    return pattern


def _unknown(rule: str, columns: Sequence[str], style: Style) -> str:
    """Of the key, which is no rule of its own, or of a rule that is not installed."""
    named = ", ".join(map(style.text, columns))
    if rule == "key":
        return f"{named} must be there and name one row only"
    if rule == "edited":
        return "the table must not have the row as it was edited"
    return f"{style.text(rule.replace('_', ' '))}{f' of {named}' if named else ''}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _rows(number: int) -> str:
    return f"{number:,} row{'s' * (number != 1)}"
