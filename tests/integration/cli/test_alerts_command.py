"""Alerts from the command line: applied, tried, sent by cron, looked after."""

import sqlite3
from contextlib import closing
from pathlib import Path

ALERT = """kind: alert
name: held
on: [batch_held, check_failed]
channel: {kind: email, to: [ada@example.org]}
"""


def test_alerts_are_applied_listed_printed_and_deleted(command, tmp_path: Path):
    file = tmp_path / "alerts.yaml"
    file.write_text(ALERT + "---\n" + ALERT.replace("held\n", "daily\n").replace("on:", "digest: 0 7 * * *\non:"))

    assert "new" in command("apply", "-f", file).stdout
    listed = command("alerts", "list").stdout
    printed = tmp_path / "printed.yaml"
    printed.write_text(command("get", "alert").stdout)
    assert "unchanged" in command("apply", "-f", printed).stdout
    deleted = command("delete", "alert", "held").stdout

    assert "ada@example.org" in listed
    assert "0 7 * * * (UTC)" in listed
    assert "tells nobody anything any more" in deleted


def test_an_alert_that_would_show_a_secret_is_refused(facts, tmp_path: Path):
    file = tmp_path / "alerts.yaml"
    file.write_text(ALERT.replace("kind: email, to: [ada@example.org]", "kind: chat, to: ['slack://a/b/c']"))

    error = facts("apply", "-f", file)["error"]

    assert "env:HESTIA_CHAT_OPS" in error["hint"]
    assert "slack" not in error["message"]


def test_what_happens_waits_until_it_can_be_sent_and_can_be_given_up(command, facts, tmp_path: Path, orders: Path):
    file = tmp_path / "alerts.yaml"
    file.write_text(ALERT.replace("batch_held, check_failed", "batch_failed, quarantine_share"))
    command("apply", "-f", file)
    command("import", orders, "--dataset", "orders")

    first = facts("alerts", "send")
    outbox = facts("alerts", "outbox")
    (message,) = outbox["messages"]
    given_up = facts("alerts", "give-up", message["id"])
    again = command("alerts", "retry", message["id"])
    table = command("alerts", "outbox").stdout

    assert (first["later"], first["sent"]) == (1, 0)
    assert message["problem"]["message"] == "No mail server is set."
    assert (message["kind"], message["dataset"]) == ("quarantine_share", "orders")
    assert given_up["state"] == "given_up"
    assert "next round" in again.stdout
    assert "1 wait, 0 sent" in table
    assert facts("alerts", "test", "held")["error"]["message"] == "No mail server is set."
    assert facts("alerts", "retry", 99)["error"]["code"] == "not_found"


def test_a_list_that_old_messages_left_says_so(command, facts, tmp_path: Path, orders: Path):
    file = tmp_path / "alerts.yaml"
    file.write_text(ALERT.replace("batch_held, check_failed", "batch_failed, quarantine_share"))
    command("apply", "-f", file)
    command("import", orders, "--dataset", "orders")
    with closing(sqlite3.connect(tmp_path / "home" / "hestia.db")) as metadata, metadata:
        metadata.execute("UPDATE hestia_outbox SET state = 'sent', sent_at = '2020-01-02 03:04:05.000000'")
        names = [row[1] for row in metadata.execute("PRAGMA table_info(hestia_outbox)") if row[1] != "id"]
        copied = ", ".join("'new'" if name == "event_key" else name for name in names)
        metadata.execute(f"INSERT INTO hestia_outbox ({', '.join(names)}) SELECT {copied} FROM hestia_outbox LIMIT 1")

    sent = command("alerts", "send").stdout
    printed = command("alerts", "outbox").stdout
    counts = facts("alerts", "outbox")["counts"]

    assert "1 old message removed from the outbox" in sent
    assert "goes back to 2020-01-02 03:04 UTC: 1 message sent until then left it" in printed
    assert (counts["removed"], counts["sent"], counts["goes_back_to"][:10]) == (1, 1, "2020-01-02")
