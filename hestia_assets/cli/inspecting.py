"""What a file would become: the recipe, why, what is open, what else is in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.output import AsJson, Failure, explained, print_json, print_table, show_error
from hestia_assets.cli.session import saved_dataset, session
from hestia_assets.cli.verdicts import judge, tell_verdict, verdict_facts
from hestia_assets.core.errors import HestiaError

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import Inspection, Question

MOST_OTHERS = 10


@dataclass(frozen=True)
class Looked:
    """One file, or one file of an archive, as it was looked at."""

    name: str
    inspection: "Inspection | None" = None
    error: HestiaError | None = None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("inspect")(inspect)


def inspect(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dataset: Annotated[str | None, typer.Option(help="Judge the whole file as this dataset would take it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show how a file would be read, with a reason for every decision; of an archive, each file in it.

    With --dataset: how many of its rows that dataset would set aside and why, what they would change in the table, and
    what is different from the files before. Nothing is kept.
    """
    if dataset is not None:
        _judge(context, file, dataset, as_json=as_json)
        return
    with explained(as_json=as_json):
        looked, is_archive = _look(session(context).hestia(), file)
        if not is_archive and looked[0].error is not None:
            raise looked[0].error
        if as_json:
            facts = [_facts(one) for one in looked]
            print_json({"files": [{"file": one.name} | fact for one, fact in zip(looked, facts, strict=True)]}
                       if is_archive else facts[0])  # fmt: skip
        else:
            _tell(looked, is_archive=is_archive)
    if all(one.error for one in looked):
        raise typer.Exit(1)


def _judge(context: typer.Context, file: Path, dataset: str, *, as_json: bool) -> None:
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        judged = judge(hestia, file, saved_dataset(hestia, dataset))
        if as_json:
            facts = [verdict_facts(one) for one in judged]
            print_json(facts[0] if len(facts) == 1 else {"files": facts})
        else:
            for one in judged:
                tell_verdict(one)
    if all(one.error for one in judged):
        raise typer.Exit(1)


def _look(hestia: "Hestia", path: Path) -> tuple[list[Looked], bool]:
    with path.open("rb") as source:
        members = hestia.ingest.members(source, file_name=path.name)
        if not members:
            return [Looked(path.name, hestia.ingest.inspect(source, file_name=path.name))], False
        looked: list[Looked] = []
        for member in members:
            try:
                with hestia.ingest.member(source, member.name, file_name=path.name) as content:
                    found = hestia.ingest.inspect(content, file_name=Path(member.name).name)
                    looked.append(Looked(member.name, found))
            except HestiaError as error:
                looked.append(Looked(member.name, error=error))
        return looked, True


def _facts(looked: Looked) -> dict[str, Any]:
    found = looked.inspection
    if found is None:
        assert looked.error is not None, "looked at, or refused"
        return Failure(looked.error).as_dict()
    return {
        "recipe": found.recipe.model_dump(mode="json"),
        "reasons": [{"what": r.what, "value": r.value, "because": r.because} for r in found.reasons],
        "questions": [_question_fact(question) for question in found.questions],
        "tables": [
            {"table": t.name, "rows": t.rows, "hidden": t.hidden, "changes": dict(t.changes)} for t in found.tables
        ],
        "notes": [{"what": n.what, "count": n.count, "text": n.text, "places": list(n.places)} for n in found.notes],
    }


def _question_fact(question: "Question") -> dict[str, Any]:
    choices = [{"label": c.label, "because": c.because, "changes": dict(c.changes)} for c in question.choices]
    return {"what": question.what, "text": question.text, "chosen": question.chosen, "choices": choices}


def _tell(looked: list[Looked], *, is_archive: bool) -> None:
    for one in looked:
        if is_archive:
            typer.echo(f"\n{one.name}")
        if one.inspection is not None:
            _tell_one(one.inspection)
        elif one.error is not None:
            show_error(one.error, as_json=False)


def _tell_one(found: "Inspection") -> None:
    print_table(("what", "value", "because"), [(r.what, r.value, r.because) for r in found.reasons])
    columns = found.recipe.columns
    print_table(("column", "in the file", "type"), [(c.name, c.source, c.type.value) for c in columns])
    if found.tables:
        rows = [(t.name, t.rows if t.rows is not None else "?", "yes" if t.hidden else "") for t in found.tables]
        print_table(("table", "rows", "hidden"), rows, title="Tables in this file; the first recipe reads one of them:")
    if found.notes:
        rows = [(n.what, n.count, n.text, ", ".join(n.places)) for n in found.notes]
        print_table(("note", "count", "what it means", "for example"), rows)
    for question in found.questions:
        others = "; ".join(f"{c.label}: {c.because}" for c in question.choices)
        typer.echo(f"{_open(question)} ({others})")


def _open(question: "Question") -> str:
    return f"Open: {question.text} Until you decide: {question.choices[question.chosen].label}."


def tell_what_is_left(name: str, found: "Inspection") -> None:
    """What a dataset made from this file leaves out or leaves open: other tables, what a sheet hides, questions."""
    others = [table.name for table in found.tables if found.recipe.with_changes(table.changes) != found.recipe]
    if others:
        listed = ", ".join(others[:MOST_OTHERS]) + (" …" if len(others) > MOST_OTHERS else "")
        are = "is" if len(others) == 1 else "are"
        typer.echo(f"{name}: one of its tables is read, {len(others)} more {are} not: {listed}.", err=True)
    for note in found.notes:
        typer.echo(f"{name}: {note.text}", err=True)
    for question in found.questions:
        typer.echo(f"{name}: {_open(question)}", err=True)
    if found.questions:
        typer.echo("Decide on the Import page, or with: hestia get dataset, hestia apply.", err=True)
