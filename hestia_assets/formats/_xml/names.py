"""Names of elements and attributes without the accident of prefixes: the local name where it says enough.

Where two namespaces use one local name in the same place, all but the first of them keep a prefix, which the recipe
remembers by namespace: another file may call it otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

XML = "http://www.w3.org/XML/1998/namespace"
DECLARATION = "xmlns"


@dataclass(frozen=True)
class Expanded:
    """A name with its namespace, and the prefix it had in the file."""

    uri: str
    local: str
    prefix: str = field(default="", compare=False)


@dataclass
class Scope:
    """The namespaces in force, and what names mean under them."""

    uris: Mapping[str, str]
    elements: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)

    def expanded(self, name: str, *, default: bool) -> Expanded:
        """The name with its namespace; ``default``: the default namespace holds, as for elements."""
        prefix, colon, local = name.partition(":")
        if not colon:
            return Expanded(self.uris.get("", "") if default else "", name)
        if prefix not in self.uris:
            return Expanded("", name)
        return Expanded(self.uris[prefix], local, prefix)


class Scopes:
    """The scopes of a document; equal ones are one object, so that what they know is learnt once."""

    def __init__(self) -> None:
        self._known: dict[frozenset[tuple[str, str]], Scope] = {}
        self._stack: list[tuple[int, Scope]] = [(-1, self._scope({"xml": XML}))]
        self.now = self._stack[0][1]

    def enter(self, attributes: Mapping[str, str], depth: int) -> None:
        """An element begins that may declare namespaces."""
        if any(name.startswith(DECLARATION) for name in attributes):
            declared = {name.partition(":")[2]: uri for name, uri in attributes.items() if is_declaration(name)}
            self.now = self._scope({**self.now.uris, **declared})
            self._stack.append((depth, self.now))

    def leave(self, depth: int) -> None:
        """The element at this depth ends."""
        if self._stack[-1][0] == depth:
            self._stack.pop()
            self.now = self._stack[-1][1]

    def _scope(self, uris: Mapping[str, str]) -> Scope:
        key = frozenset(uris.items())
        if len(self._known) > 10_000:
            self._known.clear()
        return self._known.setdefault(key, Scope(uris))


def is_declaration(attribute: str) -> bool:
    """Whether an attribute declares a namespace: it is no data."""
    return attribute.startswith(DECLARATION) and attribute[5:6] in ("", ":")


def plain_name(name: Expanded, prefixes: Mapping[str, str]) -> str:
    """The local name, behind a prefix where the namespace has one by the recipe."""
    prefix = prefixes.get(name.uri)
    return f"{prefix}:{name.local}" if prefix else name.local
