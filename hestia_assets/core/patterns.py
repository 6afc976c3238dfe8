"""Regular expressions of other languages as ours: Rust's ``regex``, which takes linear time whatever the pattern."""

import re

MEMBERS = {
    "d": "0-9",
    "w": "0-9A-Za-z_",
    "s": r"\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff",
}
"""What stands for a set of characters, as ECMA-262 (21.2.2.12) means it; Rust's own take in all of Unicode."""
OUTSIDE = {".": r"[^\n\r\u2028\u2029]"}
EMPTY_CLASSES = {"[]": r"[^\s\S]", "[^]": r"[\s\S]"}
ANYTHING = r"[\s\S]*"


def from_ecma(pattern: str) -> str:
    """A pattern of ECMA-262 (JSON Schema, JavaScript) as Rust writes it; what Rust has not stays as it is."""
    parts: list[str] = []
    position, inside = 0, False
    while position < len(pattern):
        part, position, inside = _next(pattern, position, inside=inside)
        parts.append(part)
    return "".join(parts)


def _next(pattern: str, at: int, *, inside: bool) -> tuple[str, int, bool]:
    sign = pattern[at]
    if sign == "\\":
        part, end = _escape(pattern, at, inside=inside)
        return part, end, inside
    if inside:
        return ("\\" + sign if sign in "[&~" else sign), at + 1, sign != "]"
    if sign == "[":
        for empty, meaning in EMPTY_CLASSES.items():
            if pattern.startswith(empty, at):
                return meaning, at + len(empty), False
        return sign, at + 1, True
    return OUTSIDE.get(sign, sign), at + 1, False


def _escape(pattern: str, at: int, *, inside: bool) -> tuple[str, int]:
    letter = pattern[at + 1 : at + 2]
    if letter.lower() in MEMBERS:
        return _class(letter, inside=inside), at + 2
    if letter == "0":
        return r"\x00", at + 2
    if letter == "b":
        return (r"\x08" if inside else r"(?-u:\b)"), at + 2
    if control := re.match(r"\\c([A-Za-z])", pattern[at : at + 3]):
        return rf"\x{ord(control[1]) % 32:02x}", at + 3
    if pair := re.match(r"\\u([dD][89abAB]\w\w)\\u([dD][c-fC-F]\w\w)", pattern[at : at + 12]):
        high, low = int(pair[1], 16), int(pair[2], 16)
        return rf"\x{{{0x10000 + ((high - 0xD800) << 10) + low - 0xDC00:x}}}", at + 12
    return pattern[at : at + 2], at + 2


def _class(letter: str, *, inside: bool) -> str:
    members = MEMBERS[letter.lower()]
    if letter.isupper():
        return f"[^{members}]"
    return members if inside else f"[{members}]"


def is_ecma(pattern: str) -> bool:
    """Whether a pattern of Rust means the same in ECMA-262: no flags, no classes in classes, no names of its own."""
    within = re.sub(r"\\.", "", pattern)
    nested = re.search(r"\[\^?\]?[^\]]*\[", within)
    return not nested and not re.search(r"\(\?(?![:<])|\\[Azp]|\\x\{|&&|--|~~", pattern)


def whole(pattern: str) -> str:
    """A pattern that is sought anywhere in a value as one that matches the value from end to end.

    Example:
        >>> whole("^[a-z]+$"), whole("^-") == "-" + ANYTHING, whole("a|b") == f"{ANYTHING}(?:a|b){ANYTHING}"
        ('[a-z]+', True, True)
    """
    inner, before, after = pattern, ANYTHING, ANYTHING
    if "|" in pattern:
        return f"{ANYTHING}(?:{pattern}){ANYTHING}"
    if inner.startswith("^"):
        inner, before = inner[1:], ""
    if inner.endswith("$") and not re.search(r"\\(?:\\\\)*\$$", inner):
        inner, after = inner[:-1], ""
    return f"{before}{inner}{after}" or "(?:)"


def anywhere(pattern: str) -> str:
    """The inverse of ``whole``: a pattern to be sought in a value that finds what this one matches from end to end."""
    if "|" in pattern:
        inner = pattern.removeprefix(f"{ANYTHING}(?:").removesuffix(f"){ANYTHING}")
        return inner if f"{ANYTHING}(?:{inner}){ANYTHING}" == pattern else f"^(?:{pattern})$"
    inner = pattern.removeprefix(ANYTHING)
    before = "" if inner != pattern else "^"
    after = "" if inner.endswith(ANYTHING) else "$"
    return f"{before}{inner.removesuffix(ANYTHING)}{after}"
