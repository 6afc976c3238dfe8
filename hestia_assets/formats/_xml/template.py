"""XML records that look alike, matched many at a time by one regular expression.

It proves that a text is one well-formed element with known elements and attributes in a known order, each once in its
place, and gives the text of each. Comments, other order, character references, what is damaged: left to the parser.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import numpy as np
import numpy.typing as npt
import polars as pl

BLANK = r"(?:[ \t\n]|\r\n)*"
GAP = r"(?:[ \t\n]|\r\n)+"
CONTROL = r"\x00-\x08\x0b-\x1f\x{FFFE}\x{FFFF}"
TEXT = rf"([^<>{CONTROL}]*)"
STRICT_TEXT = rf"((?:[^<>&{CONTROL}]|&(?:amp|lt|gt|quot|apos);)*)"
ATTRIBUTE = rf'"([^<>"\t\n{CONTROL}]*)"'
STRICT_ATTRIBUTE = rf'"((?:[^<>&"\t\n{CONTROL}]|&(?:amp|lt|gt|quot|apos);)*)"'
ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos);)?")
SIGNS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
MOST_ELEMENTS = 200
AT_ONCE = 15
Flags = npt.NDArray[np.bool_]
Step = tuple[str, ...]
"""Raw names down from the record; an attribute behind ``@``."""


@dataclass
class Form:
    """An element as it is written: its attributes and children in order; whether it was seen empty, or with text."""

    name: str
    attributes: tuple[str, ...] = ()
    children: "list[Form]" = field(default_factory=list)
    is_empty: bool = False
    has_text: bool = False

    def signature(self) -> Any:
        """What records must have in common."""
        return self.name, self.attributes, tuple(child.signature() for child in self.children)

    def see(self, other: "Form") -> None:
        """The same element in another record."""
        self.is_empty |= other.is_empty
        self.has_text |= other.has_text
        for ours, theirs in zip(self.children, other.children, strict=True):
            ours.see(theirs)

    def forms(self) -> Iterator["Form"]:
        """This element and all inside."""
        yield self
        for child in self.children:
            yield from child.forms()

    @property
    def fits(self) -> bool:
        """Whether a pattern can describe it: no element twice in one place, no text beside children."""
        forms = list(self.forms())
        names_ok = all(len({child.name for child in form.children}) == len(form.children) for form in forms)
        plain = not any(form.children and form.has_text for form in forms)
        spaces = not any(a.partition(":")[0] == "xmlns" for form in forms for a in form.attributes)
        return names_ok and plain and spaces and len(forms) <= MOST_ELEMENTS


@dataclass(frozen=True, slots=True)
class Group:
    """What a group of the pattern catches: a text, which may be blank for none, or the sign of an empty element."""

    step: Step
    is_mark: bool = False
    blank_is_none: bool = False


class Template:
    """A pattern for records of one form, their last tag left out."""

    def __init__(self, form: Form) -> None:
        self.form = form
        parts = [_opened(form, ())]
        parts += [_element(child, (child.name,)) for child in form.children]
        if not form.children and (form.has_text or not form.attributes):
            parts.append((TEXT, [Group((), blank_is_none=bool(form.attributes))]))
        is_text = len(parts) > 1 and not form.children
        ending = "()" if is_text else f"{BLANK}()"  # the last group tells a match from none
        self._stages: list[tuple[str, list[Group]]] = []
        for first in range(0, len(parts), AT_ONCE):
            some = parts[first : first + AT_ONCE]
            rest = "(.*)" if first + AT_ONCE < len(parts) else ending
            pattern = BLANK.join(text for text, _ in some) if form.children else "".join(text for text, _ in some)
            before = BLANK if first else ""
            self._stages.append((f"(?s)^{before}{pattern}{rest}$", [group for _, found in some for group in found]))
        whole = (BLANK if form.children else "").join(text for text, _ in parts)
        self._whole = f"^{whole}{ending}$".replace(TEXT, STRICT_TEXT).replace(ATTRIBUTE, STRICT_ATTRIBUTE)

    def fits(self, texts: pl.Series) -> Flags:
        """Which texts match."""
        return texts.str.contains(self._whole).to_numpy()

    def cells(self, texts: pl.Series) -> tuple[Flags, dict[Step, pl.Series]]:
        """Which texts match, and for these the texts by raw names."""
        fits, cells, rest = np.ones(len(texts), np.bool_), dict[Step, pl.Series](), texts
        for pattern, groups in self._stages:
            *values, rest = rest.str.extract_groups(pattern).struct.unnest().get_columns()
            fits &= rest.is_not_null().to_numpy()
            for group, value in zip(groups, values, strict=True):
                cells[group.step] = (
                    _with_mark(cells[group.step], value) if group.is_mark else _plain(group, value, fits)
                )
        return fits, cells if fits.all() else {step: value.filter(pl.Series(fits)) for step, value in cells.items()}


def _with_mark(cells: pl.Series, marks: pl.Series) -> pl.Series:
    """An empty element has the empty text."""
    return cells.zip_with(marks.is_null(), pl.Series([""]).new_from_index(0, len(cells)))


def _plain(group: Group, cells: pl.Series, fits: Flags) -> pl.Series:
    at = cells.str.contains("&", literal=True).fill_null(value=False).arg_true()
    if not at.is_empty():
        values = [unescaped(cell) for cell in cells.gather(at).to_list()]
        fits[at.to_numpy()] &= np.array([value is not None for value in values])
        cells = cells.scatter(at, pl.Series(values, dtype=pl.String))
    if group.blank_is_none:
        none = pl.Series([None], dtype=pl.String).new_from_index(0, len(cells))
        return cells.zip_with(cells.str.strip_chars() != "", none)
    return cells


def unescaped(cell: str) -> str | None:
    """The text that is meant; None where it has other references than XML's own."""
    if any(not name for name in ENTITY.findall(cell)):
        return None
    return ENTITY.sub(lambda found: SIGNS[found.group(1)], cell)


def _opened(form: Form, step: Step) -> tuple[str, list[Group]]:
    """The first tag."""
    inside, groups = _attributes(form, step)
    return f"<{re.escape(form.name)}{inside}{BLANK}>", groups


def _attributes(form: Form, step: Step) -> tuple[str, list[Group]]:
    text = "".join(f"{GAP}{re.escape(name)}{BLANK}={BLANK}{ATTRIBUTE}" for name in form.attributes)
    return text, [Group((*step, f"@{name}")) for name in form.attributes]


def _element(form: Form, step: Step) -> tuple[str, list[Group]]:
    """An element inside a record."""
    attributes, groups = _attributes(form, step)
    closing = f"</{re.escape(form.name)}{BLANK}>"
    if form.children:
        inner = [_element(child, (*step, child.name)) for child in form.children]
        body = BLANK + BLANK.join(text for text, _ in inner) + BLANK
        groups += [group for _, found in inner for group in found]
    elif form.has_text or not form.attributes:
        body = TEXT
        groups.append(Group(step, blank_is_none=bool(form.attributes)))
    else:
        body = BLANK
    begun = f"<{re.escape(form.name)}{attributes}{BLANK}"
    if not form.is_empty or form.children:
        return f"{begun}>{body}{closing}", groups
    if form.attributes:
        return f"{begun}(?:>{body}{closing}|/>)", groups
    return f"{begun}(?:>{body}{closing}|(/)>)", [*groups, Group(step, is_mark=True)]


def learnt(records: Sequence[str]) -> Template | None:
    """A template for the form that most of these records have."""
    forms = [form for form in map(form_of, records) if form is not None and form.fits]
    if not forms:
        return None
    ((common, _),) = Counter(form.signature() for form in forms).most_common(1)
    first, *others = (form for form in forms if form.signature() == common)
    for other in others:
        first.see(other)
    return Template(first) if not first.is_empty else None


def form_of(record: str) -> Form | None:
    """How a record is written; None where it is no single element."""
    root = Form("")
    stack, parser = [root], expat.ParserCreate()

    def start(name: str, attributes: Mapping[str, str]) -> None:
        form = Form(name, tuple(attributes))
        stack[-1].children.append(form)
        stack.append(form)

    def end(_: str) -> None:
        at = parser.CurrentByteIndex
        form = stack.pop()
        form.is_empty = not form.children and not form.has_text and data[at - 2 : at] == b"/>"

    def text(found: str) -> None:
        stack[-1].has_text |= not found.isspace()

    data = record.encode()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return None
    return root.children[0]
