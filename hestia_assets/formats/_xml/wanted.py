"""Which elements of a document a reader wants, and where their values go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hestia_assets.core.specs import Recipe
from hestia_assets.formats._nested.paths import ITSELF, PARENT, PARENT_FIELD, joined
from hestia_assets.formats._xml.names import Scope, plain_name
from hestia_assets.formats._xml.template import Form, Step

OUTSIDE, INSIDE, RECORD, ELSEWHERE = range(4)


class Node:
    """What an element at one path is to the reader: on the way to records, a record, inside one, or of no concern."""

    __slots__ = ("children", "kind", "level", "path", "slot", "source")

    def __init__(self, path: str, source: str, kind: int, level: int) -> None:
        self.path, self.source, self.kind, self.level = path, source, kind, level
        self.children: dict[str, Node] = {}
        self.slot: int | None = None


@dataclass
class Wanted:
    """The table to read: its element, the records around it (outermost first), and where values go."""

    recipe: Recipe
    chain: Sequence[str]
    tables: Sequence[str]
    prefixes: Mapping[str, str]
    wide: bool = False

    def __post_init__(self) -> None:
        sources = [column.source for column in self.recipe.columns]
        self.width = len(sources)
        self.slots_by_source = {source: slot for slot, source in enumerate(sources)}
        self.number = self.slots_by_source.get(PARENT, -1)
        self.parent_fields = {
            source.removeprefix(PARENT_FIELD): slot
            for source, slot in self.slots_by_source.items()
            if source.startswith(PARENT_FIELD)
        }
        self.ignored = set(self.recipe.ignored)

    def slots(self, form: Form, scope: Scope, node: Node) -> dict[Step, int] | None:
        """Where the texts of such a record go; None where it takes more care."""
        found: dict[Step, int] = {}
        fits = self._find(form, scope, node, (), found)
        return found if fits and len(set(found.values())) == len(found) else None

    def _find(self, form: Form, scope: Scope, node: Node, step: Step, found: dict[Step, int]) -> bool:
        plain = [(f"@{a}", f"@{self.plain(scope, a, default=False)}") for a in form.attributes]
        places: list[tuple[Step, str]] = [((*step, raw), joined(node.source, name)) for raw, name in plain]
        if not form.children and (form.has_text or not form.attributes):
            places.append((step, node.source or ITSELF))
        for place, source in places:
            if source in self.slots_by_source:
                found[place] = self.slots_by_source[source]
            elif source not in self.ignored:
                return False
        for child in form.children:
            inner = self.node(node, self.plain(scope, child.name, default=True))
            if inner.kind == RECORD:
                return False
            if inner.kind == INSIDE and not self._find(child, scope, inner, (*step, child.name), found):
                return False
        return True

    def plain(self, scope: Scope, raw: str, *, default: bool) -> str:
        """The name of an element or attribute."""
        return plain_name(scope.expanded(raw, default=default), self.prefixes)

    def node(self, parent: Node, name: str) -> Node:
        """What an element is that was not met before."""
        path = f"{parent.path}/{name}"
        if path in self.chain:
            return Node(path, "", RECORD, self.chain.index(path))
        if parent.kind in (OUTSIDE, ELSEWHERE):
            return Node(path, "", parent.kind, -1)
        source = joined(parent.source, name)
        is_elsewhere = path in self.tables or source in self.ignored
        return Node(path, source, ELSEWHERE if is_elsewhere else INSIDE, parent.level)
