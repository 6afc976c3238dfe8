"""Encodings that the bytes of a text may be in, the likeliest first, where neither a mark nor UTF-8 decides.

chardet measures how usual the pairs of signs are in each language; what it cannot know is which encodings people
have, and in a short East Asian text it takes one for the other: there the usual rows of each code table decide.
"""

import codecs
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

PEOPLE_HAVE = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874",
    "iso8859-1", "iso8859-2", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-9",
    "iso8859-13", "iso8859-15", "mac-roman", "mac-latin2", "mac-cyrillic", "mac-greek", "koi8-r", "koi8-u",
    "cp437", "cp850", "cp852", "cp866", "gb18030", "big5", "cp932", "shift_jis", "euc_jp", "cp949", "euc_kr",
    "iso2022_jp", "iso2022_kr", "hz",
)  # fmt: skip
"""Windows before ISO: where both read the same text, the one that knows more signs is meant."""
SAME_LETTERS = {"shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "big5hkscs": "big5"}
COMMONEST = "cp1252"
WESTERN = "The file is not UTF-8; Western European Windows text is the usual other case."
USUAL = {
    "cp1252": 1.3, "cp1257": 0.9, "iso8859-13": 0.9, "iso8859-4": 0.7, "euc_jp": 0.4,
    "mac-latin2": 0.6, "mac-cyrillic": 0.75, "mac-greek": 0.75,
    "cp437": 0.85, "cp850": 0.85, "cp852": 0.7, "cp866": 0.85,
}  # fmt: skip
"""How many files people have in it, beside the others."""
RARE_TONGUES = {"is": 0.7, "eo": 0.7, "br": 0.8, "cy": 0.8, "mt": 0.7, "gd": 0.8, "fo": 0.7, "kk": 0.8, "tg": 0.8}
LITTLE = 0.012
"""With less than this chardet knows nothing (short Turkish or Greek names have 0.03): then the commonest is meant."""
WESTERN_SIGNS = re.compile(
    "[äöüßéáíóúâçåàèæøëïêîôÄÖÜÉÁÍÓÚÇÑÅÆØ°§€£µ²½ºª\u2013\u2019\u201c\u201d«»·©®™¿¡]|ñ(?=[aeiouáéíóú])|ã(?=[oe])"
)
"""Signs that a short Western text has: with only these, apart from each other, it most likely is one."""
WESTERN_WEIGHT = 1.5
LAST_ASCII = 127
LONELY = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
CLOSE = 0.8
"""A candidate this near to the best is really possible."""
FRAMES = ("\u2500", "\u25ff")
"""Lines and blocks of old screens."""
FIRST_EAST_ASIAN = "\u2e80"
MARKS_OF_NAMES = "\u00a9\u00ae\u2122\u00b0\u00ad\u2019\u00b7\u00b5\u00aa\u00ba"
"""Signs that do stand beside letters, or within a word."""
UNUSUAL = re.compile(r"[^\x00-\x7f]")
MIXED = re.compile(r"[A-Za-z][\u0370-\u06ff]|[\u0370-\u06ff][A-Za-z]")
"""A Latin letter beside one of another alphabet."""
PAIR = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
USUAL_ROWS = {  # first bytes of usual signs, and how many first bytes there are
    "gb18030": ((range(0xB0, 0xD8),), 126),
    "big5": ((range(0xA4, 0xC7),), 89),
    "euc_jp": ((range(0xA4, 0xA6), range(0xB0, 0xD0)), 94),
    "cp949": ((range(0xB0, 0xC9),), 125),
    "cp932": ((range(0x82, 0x84), range(0x88, 0x98)), 60),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An encoding, how likely it is beside the others, and why."""

    name: str
    weight: float
    because: str

    def times(self, factor: float) -> "Candidate":
        """The same with another weight."""
        return replace(self, weight=self.weight * factor)


def ranked(evidence: bytes, context: bytes = b"") -> list[Candidate]:
    """Encodings that can read all of ``evidence``, the likeliest first; never empty.

    ``context``: other text of the file, which tells the language.
    """
    import chardet

    found: dict[str, Candidate] = {}
    for entry in chardet.detect_all(context + evidence, ignore_threshold=True):
        name = _python_name(entry["encoding"] or "")
        if name in PEOPLE_HAVE and name not in found and _readable(evidence, name):
            tongue = entry["language"] or ""
            weight = entry["confidence"] * USUAL.get(name, 1.0) * RARE_TONGUES.get(tongue, 1.0)
            found[name] = Candidate(name, weight * _natural(evidence.decode(name)), _because(name, tongue))
    _let_the_commonest_in(found, evidence)
    if _is_plainly_western(evidence):
        found = _west_first(found)
    order = sorted(found.values(), key=lambda one: (-one.weight, PEOPLE_HAVE.index(one.name)))
    return _commonest_of_equals(_east_asian_order(order, evidence), evidence) or [Candidate(COMMONEST, 0.0, WESTERN)]


def _let_the_commonest_in(found: dict[str, Candidate], evidence: bytes) -> None:
    """Give the commonest encoding the weight that it has without any evidence, if its signs stand well."""
    if not _readable(evidence, COMMONEST):
        return
    weight = LITTLE * _natural(evidence.decode(COMMONEST))
    if COMMONEST not in found or found[COMMONEST].weight < weight:
        found[COMMONEST] = Candidate(COMMONEST, weight, WESTERN)


def _is_plainly_western(evidence: bytes) -> bool:
    """Whether every sign outside ASCII stands alone among ASCII ones and is a usual one of Western Europe.

    Two bytes together may be one East Asian sign, or a word of another script.
    """
    if len(LONELY.findall(evidence)) * 2 < sum(byte > LAST_ASCII for byte in evidence):
        return False
    text = evidence.decode(COMMONEST) if _readable(evidence, COMMONEST) else "\x80"
    return WESTERN_SIGNS.sub("", text).isascii() and _natural(text) == 1


def _west_first(found: dict[str, Candidate]) -> dict[str, Candidate]:
    """The same, East Asian encodings far down, for their signs come in rows; the commonest before those near it."""
    known = {name: one.times(0.1) if name in USUAL_ROWS else one for name, one in found.items()}
    best, own = max(one.weight for one in known.values()), known[COMMONEST].weight
    return known | {COMMONEST: known[COMMONEST].times(best / own)} if own < best <= own * WESTERN_WEIGHT else known


def _commonest_of_equals(order: list[Candidate], evidence: bytes) -> list[Candidate]:
    """The same; where the commonest encoding reads what the best one reads, it is the best: it will do next month."""
    if not order or not _readable(evidence, COMMONEST):
        return order
    best = order[0]
    if best.name == COMMONEST or evidence.decode(COMMONEST) != evidence.decode(best.name):
        return order
    rest = [candidate for candidate in order[1:] if candidate.name != COMMONEST]
    return [Candidate(COMMONEST, best.weight, WESTERN), *rest]


def differing(candidates: Sequence[Candidate], evidence: bytes) -> list[Candidate]:
    """The best and those really possible beside it that read another text; of equal ones the one that knows more."""
    kept: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.weight < CLOSE * candidates[0].weight:
            break
        text = evidence.decode(candidate.name, "replace")
        known = kept.get(text)
        if known is None or PEOPLE_HAVE.index(candidate.name) < PEOPLE_HAVE.index(known.name):
            kept[text] = candidate
    return list(kept.values())


def _python_name(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return ""
    return SAME_LETTERS.get(found, found)


def _because(name: str, language: str) -> str:
    tongue = f" (language: {language})" if language else ""
    return f"The file is not UTF-8, and its letters are the most usual ones when read as {name}{tongue}."


def _readable(evidence: bytes, name: str) -> bool:
    """Whether every byte has a meaning, and none is a control sign of old terminals."""
    try:
        text = evidence.decode(name)
    except UnicodeError:
        return False
    return not any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n" for sign in set(text) if sign > "\x7f")


def _natural(text: str) -> float:
    """1 where the signs outside ASCII stand as in words, 1/3 where none does, next to 0 in words of two scripts."""
    signs = list(UNUSUAL.finditer(text))
    mixed = len(MIXED.findall(text))
    if mixed * 4 > len(signs):
        return 0.02
    wrong = sum(_misplaced(text, found.start()) for found in signs)
    return 1 - wrong / len(signs) * 2 / 3 if signs else 1.0


def _misplaced(text: str, place: int) -> bool:
    """A capital behind a small letter, one letter of another script, a currency sign beside or a dash within a word."""
    before, sign, after = text[place - 1 : place], text[place], text[place + 1 : place + 2]
    kind = unicodedata.category(sign)
    if sign in MARKS_OF_NAMES:
        return False
    if kind[0] == "L":
        alone = before.isascii() and after.isascii() and sign < FIRST_EAST_ASIAN
        inside_a_word = sign.isupper() and (before.islower() or (before.isupper() and after.islower()))
        return inside_a_word or (alone and "LATIN" not in unicodedata.name(sign, "LATIN"))
    if FRAMES[0] <= sign <= FRAMES[1]:
        return True
    inside, beside = before.isalpha() and after.isalpha(), before.isalpha() or after.isalpha()
    return (inside if kind[0] != "S" else beside) and kind[0] != "M"


def _east_asian_order(candidates: list[Candidate], evidence: bytes) -> list[Candidate]:
    """The same, with East Asian encodings in the order of how well the usual rows of their tables fit."""
    places = [n for n, candidate in enumerate(candidates) if candidate.name in USUAL_ROWS]
    leads = [pair[0][0] for pair in PAIR.finditer(evidence)]
    if len(places) < 2 or not leads:
        return candidates
    fits = sorted((candidates[n] for n in places), key=lambda one: _fit(one.name, leads), reverse=True)
    best = _fit(fits[0].name, leads)
    top = candidates[places[0]].weight
    result = list(candidates)
    for place, candidate in zip(places, fits, strict=True):
        share = math.exp(max(-50.0, _fit(candidate.name, leads) - best)) * USUAL.get(candidate.name, 1.0)
        result[place] = Candidate(candidate.name, top * share, candidate.because)
    return sorted(result, key=lambda one: -one.weight)


def _fit(name: str, leads: Sequence[int]) -> float:
    """Logarithm of the chance of these first bytes: nearly all from the usual rows, all of them alike."""
    rows, total = USUAL_ROWS[name]
    usual = sum(len(row) for row in rows)
    hits = sum(any(lead in row for row in rows) for lead in leads)
    return hits * math.log(0.97 / usual) + (len(leads) - hits) * math.log(0.03 / (total - usual))
