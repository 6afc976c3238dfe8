"""What a file would become in a dataset that is there, counted over the whole file before anything is kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import typer

from hestia_assets.cli.drifting import drift_facts, tell_drift
from hestia_assets.cli.output import Failure, counted, print_table, show_error
from hestia_assets.core.errors import HestiaError

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import Drift, Verdict
    from hestia_assets.core.specs import DatasetSpec


@dataclass(frozen=True)
class Judged:
    """One file, or one file of an archive, as the dataset would take it."""

    name: str
    verdict: "Verdict | None" = None
    drift: "Drift | None" = None
    error: HestiaError | None = None


def judge(hestia: "Hestia", path: Path, dataset: "DatasetSpec") -> list[Judged]:
    """Read the file, or each file of an archive, to its end; nothing is kept. Raises ReadError."""
    with path.open("rb") as source:
        members = hestia.ingest.members(source, file_name=path.name)
        if not members:
            return [_judged(hestia, source, dataset, name=path.name)]
        judged: list[Judged] = []
        for member in members:
            try:
                with hestia.ingest.member(source, member.name, file_name=path.name) as content:
                    judged.append(_judged(hestia, content, dataset, name=member.name))
            except HestiaError as error:
                judged.append(Judged(member.name, error=error))
        return judged


def _judged(hestia: "Hestia", source: BinaryIO, dataset: "DatasetSpec", *, name: str) -> Judged:
    """A file that is refused is held against the dataset all the same: its columns may be called otherwise."""
    verdict, refused, rows = None, None, None
    try:
        source.seek(0)
        verdict = hestia.ingest.verdict(source, dataset)
        rows = verdict.rows_good + verdict.rows_aside
    except HestiaError as error:
        refused = error
    try:
        source.seek(0)
        drift = hestia.ingest.drift(source, dataset, file_name=name, row_count=rows)
    except HestiaError:  # it is no table at all, which the refusal says already
        drift = None
    return Judged(name, verdict, drift, refused)


def verdict_facts(judged: Judged) -> dict[str, Any]:
    """What --json prints."""
    facts: dict[str, Any] = {"file": judged.name, "drift": drift_facts(judged.drift.findings if judged.drift else ())}
    if judged.error is not None:
        return facts | Failure(judged.error).as_dict()
    verdict = judged.verdict
    assert verdict is not None, "judged, or refused"
    changes = verdict.changes
    return facts | {
        "lines": verdict.account.as_dict(),
        "rows": {"good": verdict.rows_good, "aside": verdict.rows_aside},
        "aside": [
            {"rule": one.rule, "column": one.column, "rows": one.rows, "first_line": one.first_line}
            for one in verdict.aside
        ],
        "changes": None
        if changes is None
        else {"new": changes.new, "changed": changes.changed, "same": changes.same, "deleted": changes.deleted},
    }


def tell_verdict(judged: Judged) -> None:
    """A sentence, what is set aside and why, and what is different this time."""
    if judged.drift is not None:
        tell_drift(judged.name, judged.drift.findings)
    if judged.error is not None:
        typer.echo(f"{judged.name}:", err=True)
        show_error(judged.error, as_json=False)
    elif judged.verdict is not None:
        _tell(judged.name, judged.verdict)


def _tell(name: str, verdict: "Verdict") -> None:
    from hestia_assets.core.sentences import left_as_edited

    rows = verdict.rows_good + verdict.rows_aside
    typer.echo(f"{name}: {verdict.rows_aside:,} of {counted(rows, 'row')} would be set aside.")
    if verdict.aside:
        found = [(one.rule, one.column or "", one.rows, one.first_line) for one in verdict.aside]
        print_table(("rule", "column", "rows", "first in line"), found)
    if twice := left_as_edited(verdict.checks, "line"):
        typer.echo(twice)
    if (changes := verdict.changes) is not None:
        typer.echo(
            f"In the table: {changes.new:,} new, {changes.changed:,} changed, {changes.same:,} the same, "
            f"{changes.deleted:,} would go."
        )
