"""Columns of a file to columns of a dataset: suggested with a reason each, nothing below the cut, no target twice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.results.mapping import ColumnMatch, FoundColumn, MappingSuggestion
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec, Recipe, parse
from hestia_assets.domains.ingest.matching._alike import Context, Evidence, Target, evidence, target_of
from hestia_assets.domains.ingest.matching.synonyms import canonical_words, meaning

CUT = 0.7
"""Below this nothing is suggested: a wrong suggestion costs more than a missing one."""

TIE = 0.005
ALIKE = 0.9
"""From here on two sources for one target are refused even where one is a little better."""

WRITTEN = ("null_words", "decimal_sign", "thousands_sign", "format")


def suggest(
    found: Sequence[FoundColumn],
    dataset: DatasetSpec,
    *,
    profile: pl.DataFrame | None = None,
    history: Sequence[Recipe] = (),
) -> MappingSuggestion:
    """Suggest a target for each column of a file.

    Args:
        found: header texts with some values.
        dataset: its recipe's columns are the targets; its other recipes know other headers for them.
        profile: some rows of its validated table.
        history: its earlier recipes, version 1 first.
    """
    columns = dataset.recipe.columns
    targets = [target_of(column, profile, dataset.other_recipes, history) for column in columns]
    context = _context(found, targets, dataset.name)
    pairs = [
        Pair(number, target.column.name, evidence(one, target, context))
        for number, one in enumerate(found)
        for target in targets
    ]
    choice = _chosen(pairs, [one.source for one in found])
    matches = tuple(choice.match(number, one.source) for number, one in enumerate(found))
    taken = {match.target for match in matches}
    return MappingSuggestion(
        matches,
        unmapped_sources=tuple(match.source for match in matches if match.target is None),
        missing_targets=tuple(column.name for column in columns if column.name not in taken),
    )


@dataclass(frozen=True)
class Pair:
    """A column of the file, by its place, a target, and what speaks for them."""

    source: int
    target: str
    evidence: Evidence


@dataclass
class Chosen:
    """Pairs that hold, by source; for the others the reason why nothing is suggested."""

    pairs: dict[int, Pair] = field(default_factory=dict[int, Pair])
    reasons: dict[int, tuple[float, str]] = field(default_factory=dict[int, tuple[float, str]])

    def match(self, number: int, source: str) -> ColumnMatch:
        """The match of one column of the file."""
        if number in self.pairs:
            pair = self.pairs[number]
            return ColumnMatch(source, pair.target, pair.evidence.score, pair.evidence.reason)
        score, reason = self.reasons.get(number, (0.0, "nothing in the dataset looks like it"))
        return ColumnMatch(source, None, score, reason)


def _context(found: Sequence[FoundColumn], targets: Sequence[Target], name: str) -> Context:
    told = (meaning(one.source) for one in found)
    sources = Counter(one.head for one in told if one is not None)
    heads = Counter(one.head for target in targets for one in target.meanings[:1])
    singular = {word.removesuffix("s") for word in canonical_words(name)}
    own = canonical_words(" ".join(sorted(singular)))
    return Context(own, sources, heads)


def _chosen(pairs: Iterable[Pair], sources: Sequence[str]) -> Chosen:
    """The best pairs first; of two that are equally good, neither."""
    live = sorted((pair for pair in pairs if pair.evidence.score), key=lambda pair: -pair.evidence.score)
    chosen = Chosen()
    taken: dict[str, int] = {}
    refused: set[int] = set()
    for pair in live:
        if pair.source in chosen.pairs or pair.source in refused:
            continue
        score = pair.evidence.score
        if pair.target in taken:
            other = sources[taken[pair.target]]
            chosen.reasons.setdefault(pair.source, (score, f"{pair.target} is taken by {other}, which fits better"))
        elif score < CUT:
            chosen.reasons.setdefault(pair.source, (score, f"not sure enough: {pair.evidence.reason}"))
        elif rivals := _rivals(pair, live, {*chosen.pairs, *refused}, taken):
            refused |= _refuse(pair, rivals, chosen, sources)
        else:
            chosen.pairs[pair.source] = pair
            taken[pair.target] = pair.source
    return chosen


def _rivals(pair: Pair, live: Sequence[Pair], done: set[int], taken: dict[str, int]) -> list[Pair]:
    """Other pairs, still open, that are as good for this source or this target."""
    return [
        other
        for other in live
        if other is not pair
        and (other.source == pair.source) != (other.target == pair.target)
        and other.source not in done
        and other.target not in taken
        and _as_good(pair.evidence.score, other.evidence.score)
    ]


def _as_good(best: float, other: float) -> bool:
    """Names that are equal are sure; of other evidence a little more is not enough."""
    return best - other <= TIE or (best < 0.97 and other >= ALIKE)


def _refuse(pair: Pair, rivals: Sequence[Pair], chosen: Chosen, sources: Sequence[str]) -> set[int]:
    """Neither of several that could be meant is suggested; each says which others there are."""
    everyone = {pair.source, *(rival.source for rival in rivals)}
    targets = " or ".join(dict.fromkeys([pair.target, *(rival.target for rival in rivals)]))
    for source in everyone:
        others = ", ".join(sources[other] for other in sorted(everyone - {source}))
        reason = f"could be {targets}, and so could {others}" if others else f"could be {targets}"
        chosen.reasons[source] = (pair.evidence.score, reason)
    return everyone


def apply(
    recipe: Recipe, matches: Sequence[ColumnMatch], ignored: Sequence[str] = (), *, reading: Recipe | None = None
) -> Recipe:
    """The dataset's recipe for a file with these headers.

    Args:
        recipe: of the dataset: names and types of its columns are kept.
        matches: the source of each column that the file has; a column without one becomes optional.
        ignored: header texts that are left out by choice.
        reading: how the file itself is read, as inspected: format, encoding …, and how its values are written.

    Raises:
        SpecError: two sources for one column, or a column that the dataset does not have.
    """
    sources = {match.target: match.source for match in matches if match.target is not None}
    known = {column.name for column in recipe.columns}
    if len(sources) != sum(match.target is not None for match in matches):
        raise SpecError("Two columns of the file are mapped to one.", hint="Leave one of them out.")
    if unknown := set(sources) - known:
        raise SpecError(f"The dataset has no column '{min(unknown)}'.", hint=f"Use one of: {', '.join(sorted(known))}.")
    written = {column.source: column for column in reading.columns} if reading else {}
    columns = [_mapped(column, sources.get(column.name), written) for column in recipe.columns]
    values = (reading or recipe).model_dump() | {"ignored": tuple(ignored)}
    return parse(Recipe, values | {"columns": [column.model_dump() for column in columns]})


def _mapped(column: Column, source: str | None, written: dict[str, Column]) -> Column:
    if source is None:
        return column.model_copy(update={"optional": True})
    changes: dict[str, object] = {"source": source}
    found = written.get(source)
    if found is not None and same_kind(found.type, column.type):
        changes |= {name: getattr(found, name) for name in WRITTEN}
    return column.model_copy(update=changes)


def same_kind(found: ColumnType, wanted: ColumnType) -> bool:
    """Whether a number, a date … of the file says how the dataset's is written in it."""
    numbers = {ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT}
    return found is wanted or {found, wanted} <= numbers
