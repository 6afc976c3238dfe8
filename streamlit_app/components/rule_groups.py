"""Rules sorted by what a person is thinking of: is a value there, is it right, does it fit others."""

from hestia_assets.core.rules import BatchRule, ParameterKind, RecordRule, Rule, SetRule
from streamlit_app.facade import hestia

PRESENCE = "Presence"
VALUES = "Values"
TEXT = "Text"
IDENTIFIERS = "Identifiers"
DATES = "Dates"
TOGETHER = "Columns together"
ACROSS = "Across rows"
OTHERS = "Other datasets"
WHOLE = "The whole file"
CUSTOM = "Your own"
GROUPS = (PRESENCE, VALUES, TEXT, IDENTIFIERS, DATES, TOGETHER, ACROSS, OTHERS, WHOLE, CUSTOM)

_KNOWN = {
    PRESENCE: ("not_null", "not_blank"),
    TEXT: ("length", "matches", "starts_with", "ends_with"),
    IDENTIFIERS: ("email", "url", "phone", "iban", "vat_number", "postal_code", "iso_country", "iso_currency",
                  "iso_language"),
    DATES: ("no_future_date", "date_format"),
    OTHERS: ("foreign_key", "totals_match", "agrees_with"),
    CUSTOM: ("sql", "json_schema", "row_schema"),
}  # fmt: skip
_BY_NAME = {name: group for group, names in _KNOWN.items() for name in names}


def group_of(name: str) -> str:
    """Where a person looks for a rule; one that is not known by name stands by what it looks at."""
    rule = hestia().rules.get(name)
    if name in _BY_NAME:
        return _BY_NAME[name]
    if any(one.kind is ParameterKind.DATASET and one.required for one in rule.parameters.values()):
        return OTHERS
    return _by_kind(rule)


def _by_kind(rule: Rule) -> str:
    if isinstance(rule, BatchRule):
        return WHOLE
    if isinstance(rule, SetRule):
        return ACROSS
    return TOGETHER if isinstance(rule, RecordRule) else VALUES


def names_in(group: str | None) -> list[str]:
    """Rules of one group, or of all, in the order of the groups."""
    names = hestia().rules.names()
    placed = sorted((GROUPS.index(group_of(name)), name) for name in names)
    return [name for place, name in placed if group is None or GROUPS[place] == group]


def looks_at_the_whole(name: str) -> bool:
    """Whether a rule is about the file as a whole: it sets no row aside."""
    return isinstance(hestia().rules.get(name), BatchRule)
