"""Alerts: who hears of what, what waits to be sent, and sending it where no Dagster does."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table
from hestia_assets.cli.session import session

if TYPE_CHECKING:
    from hestia_assets.core.results import Delivered, Message
    from hestia_assets.core.specs import AlertSpec


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Alerts: who hears of what.", no_args_is_help=True)
    group.command("list")(list_alerts)
    group.command("test")(test)
    group.command("outbox")(outbox)
    group.command("send")(send)
    group.command("retry")(retry)
    group.command("give-up")(give_up)
    app.add_typer(group, name="alerts")


def list_alerts(context: typer.Context, as_json: AsJson = False) -> None:
    """Print every alert: on what, to whom, when."""
    with explained(as_json=as_json):
        from hestia_assets.core.specs import AlertSpec

        hestia = session(context).hestia()
        saved = hestia.catalog.all("alert", tenant=hestia.settings.tenant)
        alerts = [each.spec for each in saved if isinstance(each.spec, AlertSpec)]
        if as_json:
            print_json([alert.model_dump(mode="json", exclude_defaults=True) for alert in alerts])
        else:
            columns = ("alert", "on", "datasets", "by", "to", "when")
            print_table(columns, [_row(alert) for alert in alerts])


def test(
    context: typer.Context, name: Annotated[str, typer.Argument(help="A saved alert.")], as_json: AsJson = False
) -> None:
    """Send an example to every receiver of an alert, at once and whatever waits."""
    with explained(as_json=as_json):
        from hestia_assets.core.specs import AlertSpec

        hestia = session(context).hestia()
        spec = hestia.catalog.get("alert", hestia.settings.tenant, name).spec
        assert isinstance(spec, AlertSpec), "kept under this kind"
        told = hestia.alerts.test(spec, author=hestia.author)
        if as_json:
            print_json({"sent": told})
        else:
            typer.echo(f"An example was sent to {', '.join(told)}.")


def outbox(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="At most so many messages.", min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """Print the newest messages: what was sent, what waits, what failed and why."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        tenant = hestia.settings.tenant
        messages, counts = hestia.alerts.messages(tenant, limit=limit), hestia.alerts.counts(tenant)
        if as_json:
            print_json({"counts": asdict(counts), "messages": [_facts(message) for message in messages]})
            return
        columns = ("id", "alert", "to", "what", "state", "attempts", "problem")
        print_table(columns, [_message(message) for message in messages])
        wait = counts.pending + counts.sending
        typer.echo(f"{wait:,} wait, {counts.sent:,} sent, {counts.failed:,} failed, {counts.given_up:,} given up.")
        if counts.doubtful:
            typer.echo(f"{counts.doubtful:,} of the sent ones may have arrived twice: an answer was lost.")
        if counts.goes_back_to:
            typer.echo(
                f"The list goes back to {counts.goes_back_to:%Y-%m-%d %H:%M} UTC: {counted(counts.removed, 'message')} "
                "sent until then left it, as HESTIA_OUTBOX_DAYS says."
            )


def send(
    context: typer.Context,
    seconds: Annotated[float, typer.Option(help="Stop taking new messages after this time.", min=1)] = 60,
    as_json: AsJson = False,
) -> None:
    """Look for what is late or unusual, and send what is due; for cron, where Dagster's daemon does not run.

    The exit code is 1 if a message was refused for good.
    """
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        found = hestia.alerts.look()
        done = hestia.alerts.deliver(within_seconds=seconds)
        if as_json:
            print_json({"found": found, **asdict(done)})
        else:
            typer.echo(_told(done))
    if done.failed:
        raise typer.Exit(1)


def retry(
    context: typer.Context,
    message: Annotated[int, typer.Argument(help="Its number in the outbox.")],
    as_json: AsJson = False,
) -> None:
    """Let a message that failed, waits or was given up go out with the next round."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        found = hestia.alerts.again(hestia.settings.tenant, message, author=hestia.author)
        _tell(found, f"Message {message} goes out with the next round.", as_json=as_json)


def give_up(
    context: typer.Context,
    message: Annotated[int, typer.Argument(help="Its number in the outbox.")],
    as_json: AsJson = False,
) -> None:
    """Let a message that waits or failed not be sent any more."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        found = hestia.alerts.give_up(hestia.settings.tenant, message, author=hestia.author)
        _tell(found, f"Message {message} will not be sent.", as_json=as_json)


def _tell(message: "Message", words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_facts(message))
    else:
        typer.echo(words)


def _row(alert: "AlertSpec") -> tuple[str, ...]:
    when = f"{alert.digest} ({alert.time_zone})" if alert.digest else "at once"
    return (
        alert.name,
        ", ".join(alert.on),
        ", ".join(alert.datasets) or "all",
        alert.channel.kind.value,
        ", ".join(alert.channel.to),
        f"paused; {when}" if alert.paused else when,
    )


def _message(message: "Message") -> tuple[object, ...]:
    why = message.problem.message if message.problem and message.state != "sent" else ""
    state = message.state.value.replace("_", " ")
    return (message.id, message.alert, message.receiver, message.event.title, state, message.attempts, why)


def _facts(message: "Message") -> dict[str, Any]:
    return {
        "id": message.id,
        "alert": message.alert,
        "receiver": message.receiver,
        "kind": message.event.kind.value,
        "dataset": message.event.dataset,
        "title": message.event.title,
        "state": message.state.value,
        "attempts": message.attempts,
        "uncertain": message.uncertain,
        "problem": asdict(message.problem) if message.problem else None,
        "next_at": message.next_at,
        "sent_at": message.sent_at,
        "letter": message.letter,
    }


def _told(done: "Delivered") -> str:
    parts = [f"{counted(done.sent, 'message')} sent"]
    parts += [f"{done.later:,} will be tried again"] if done.later else []
    parts += [f"{done.failed:,} refused"] if done.failed else []
    parts += [f"{done.given_up:,} given up"] if done.given_up else []
    parts += [f"{done.waiting:,} still to be sent"] if done.waiting else []
    parts += [f"{counted(done.removed, 'old message')} removed from the outbox"] if done.removed else []
    return ", ".join(parts) + "."
