"""How good the datasets are: scores, unusual figures, reports."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperGroup

from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table
from hestia_assets.cli.session import saved_dataset, session
from hestia_assets.core.errors import ExportError, NotFoundError

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import Batch
    from hestia_assets.core.results.quality import Anomaly, ScorePart, Standing
    from hestia_assets.core.specs import DatasetSpec
    from hestia_assets.domains.quality.service import ReportKind

KINDS = ("html", "pdf", "json")
Dataset = Annotated[str, typer.Argument()]


class _ShowFirst(TyperGroup):
    """``hestia quality orders`` is ``hestia quality show orders``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Name the command where the first word is none."""
        named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["show", *args])


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(cls=_ShowFirst, help="How good the datasets are, over time.")
    group.command("show")(show)
    group.command("anomalies")(anomalies)
    group.command("normal")(normal)
    group.command("report")(report)
    app.add_typer(group, name="quality")


def show(
    context: typer.Context,
    dataset: Annotated[str, typer.Argument(help="A dataset; without one, all of them.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show the score of every dataset, or the parts of one with what was counted."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        if dataset:
            _one(hestia, saved_dataset(hestia, dataset), as_json=as_json)
        else:
            _all(hestia, hestia.quality.overview(hestia.settings.tenant), as_json=as_json)


def _one(hestia: "Hestia", dataset: "DatasetSpec", *, as_json: bool) -> None:
    score = hestia.quality.score(dataset)
    late = hestia.quality.late(dataset)
    parts = [_part(part) for part in score.parts]
    if as_json:
        late_for = late and {"due": late.due.isoformat(), "hours": late.hours}
        files = list(score.batches)
        print_json({"dataset": dataset.name, "score": score.value, "files": files, "parts": parts, "late": late_for})
        return
    rows = [(one["part"], _value(one["value"]), one["why"] or f"{one['formula']}: {one['good']:,} ÷ {one['of']:,}")
            for one in parts]  # fmt: skip
    print_table(("part", "of 100", "how"), rows, title=f"{dataset.name}: {_value(score.value)}")
    typer.echo(f"Of the last {counted(len(score.batches), 'file')}, {counted(score.rows, 'row')}.")
    if late:
        typer.echo(late.sentence)


def _part(part: "ScorePart") -> dict[str, Any]:
    lines = [
        {
            "what": line.what,
            "check": line.check or None,
            "good": line.good,
            "of": line.of,
            "quarantined_by": list(line.rules),
            "sql": line.sql,
        }
        for line in part.lines
    ]
    facts = {"formula": part.formula, "good": part.good, "of": part.of, "why": part.why, "lines": lines}
    return {"part": part.name.value, "value": part.value, **facts}


def _all(hestia: "Hestia", standings: "list[Standing]", *, as_json: bool) -> None:
    facts = [
        {
            "dataset": each.dataset,
            "score": each.score.value,
            "rows_to_fix": each.open_rows,
            "failing_checks": [check.name for check in each.failing],
            "failing_sentences": _demands(hestia, each),
            "anomalies": [_fact(anomaly) for anomaly in each.anomalies],
            "late": each.lateness.sentence if each.lateness else None,
            "last": each.last.state.value if each.last else None,
        }
        for each in standings
    ]
    if as_json:
        print_json(facts)
        return
    if not standings:
        typer.echo("There is no dataset yet.")
        return
    header = ("dataset", "score", "to fix", "failing rules", "unusual figures", "last file", "late")
    rows = [
        (one["dataset"], _value(one["score"]), f"{one['rows_to_fix']:,}", "; ".join(one["failing_sentences"]),
         str(len(one["anomalies"])), one["last"] or "none", "late" if one["late"] else "")
        for one in facts
    ]  # fmt: skip
    print_table(header, rows, title="Quality")


def _demands(hestia: "Hestia", standing: "Standing") -> list[str]:
    """What the checks demand that the last file fails, in the order of their names."""
    if standing.last is None or not standing.failing:
        return []
    demands = hestia.quality.demands_of(standing.last)
    return [demands[check.name] for check in standing.failing]


def anomalies(context: typer.Context, dataset: Dataset, as_json: AsJson = False) -> None:
    """List unusual figures of the last 30 days: what was expected, and why; or why there is too little history."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec = saved_dataset(hestia, dataset)
        found = hestia.quality.anomalies(spec)
        remarks = hestia.quality.remarks(spec)
        every = hestia.quality.series(spec)
        quiet = next((one.quiet for one in every if one.quiet), "")
        learning = next((one.learning for one in every if one.learning), "")
        if as_json:
            points = [(each.point, each.remark) for each in remarks]
            told = [{"batch": one.batch, "at": one.at.isoformat(), "sentence": said} for one, said in points]
            print_json({"dataset": dataset, "quiet": quiet, "learning": learning,
                        "anomalies": [_fact(each) for each in found], "remarks": told})  # fmt: skip
            return
        nothing = "No figure is unusual." if not found and not remarks and not quiet else ""
        lines = [nothing, quiet, *(f"{each.point.at:%Y-%m-%d %H:%M}: {each.remark}" for each in remarks), learning]
        typer.echo("\n".join(line for line in lines if line), nl=any(lines))
        if found:
            rows = [
                (f"{each.at:%Y-%m-%d %H:%M}", str(each.metric), each.sentence, each.expected.why,
                 f"said by {each.normal.author}" if each.normal else "")
                for each in found
            ]  # fmt: skip
            print_table(("at", "metric", "what", "why", "normal"), rows, title=f"{len(found)} unusual figures")


def normal(
    context: typer.Context,
    dataset: Dataset,
    metric: Annotated[str, typer.Argument(help="As the list names it: rows, aside, freshness, mean:COLUMN …")],
    at: Annotated[
        str, typer.Argument(help="When it was: a day as 2026-11-20, or the exact time as the JSON list has it.")
    ],
    note: Annotated[str, typer.Option(help="Why it is normal.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say that an unusual figure is normal: it and figures like it are expected from now on."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec = saved_dataset(hestia, dataset)
        found = [
            each
            for each in hestia.quality.anomalies(spec)
            if str(each.metric) == metric and each.at.isoformat().startswith(at)
        ]
        if not found:
            raise NotFoundError("unusual figure", f"{metric} {at}")
        said = hestia.quality.normal(spec, found[0], author=hestia.author, note=note)
        if as_json:
            print_json({"id": said.id, "metric": str(said.metric), "at": said.at.isoformat(), "level": said.level})
        else:
            typer.echo(f"Noted. {found[0].metric} of {found[0].at:%Y-%m-%d} is normal, and so are figures like it.")


def report(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(metavar="DATASET|BATCH")],
    to: Annotated[Path, typer.Option(help="The file to write: .html, .pdf or .json.")],
    as_json: AsJson = False,
) -> None:
    """Write the report of a dataset or of one batch: verdict, account, worst rules, rows, trend."""
    with explained(as_json=as_json):
        kind = to.suffix.lower().removeprefix(".")
        if kind not in KINDS:
            raise ExportError(
                f"A report cannot be written as '{to.name}'.", hint="Name a file that ends in .html, .pdf or .json."
            )
        hestia = session(context).hestia()
        made = hestia.quality.report(_subject(hestia, subject), cast("ReportKind", kind))
        try:
            to.write_bytes(made)
        except OSError as error:
            raise ExportError(f"{to} cannot be written: {error.strerror}.", hint="Choose another folder.") from error
        if as_json:
            print_json({"file": str(to), "bytes": len(made)})
        else:
            typer.echo(f"Wrote {to}, {len(made):,} bytes.")


def _subject(hestia: "Hestia", name: str) -> "DatasetSpec | Batch":
    try:
        return saved_dataset(hestia, name)
    except NotFoundError as no_dataset:
        try:
            return hestia.batches.get(name)
        except NotFoundError:
            raise no_dataset from None


def _fact(anomaly: "Anomaly") -> dict[str, Any]:
    return {
        "metric": str(anomaly.metric),
        "kind": anomaly.kind.value,
        "at": anomaly.at.isoformat(),
        "batch": anomaly.batch,
        "value": anomaly.value,
        "low": anomaly.expected.low,
        "high": anomaly.expected.high,
        "sentence": anomaly.sentence,
        "why": anomaly.expected.why,
        "normal": anomaly.normal.note or anomaly.normal.author if anomaly.normal else None,
    }


def _value(value: float | None) -> str:
    return "not rated" if value is None else f"{value:.1f}"
