"""kill -9 at any moment: nothing is lost, and what arrives twice was counted as what may."""

import multiprocessing
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from alert_servers import MailServer
from processes import outlive_leases, until
from told_orders import hand_in, import_and_die, opened, orders, send_for_ever

from hestia_assets.core.results import Event
from hestia_assets.core.specs import Occurrence

KILLS, LETTERS = 6, 100
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["hestia_assets.bootstrap", "aiosmtplib"])


def outlive_claims(home: Path) -> None:
    """As if the time of what a killed process had claimed were over."""
    with closing(sqlite3.connect(home / "hestia.db", isolation_level=None, timeout=60)) as metadata:
        metadata.execute("UPDATE hestia_outbox SET lease_until = '1970-01-01 00:00:00.000000' WHERE state = 'sending'")


def more_taken(mail: MailServer, number: int) -> None:
    """Wait until so many more letters arrived."""
    enough = len(mail.taken) + number
    until(lambda: len(mail.taken) >= enough)


@pytest.mark.crash
def test_killed_between_the_commit_and_the_sending_everybody_still_hears_of_it(tmp_path: Path, mail):
    home = opened(tmp_path, mail.port)
    batch = hand_in(home, orders(home, ("unique", "hold"), on=("batch_held",)), b"id,qty\na,1\na,2\n")
    child = PROCESSES.Process(target=import_and_die, args=(tmp_path, mail.port, batch.id))
    child.start()
    child.join()
    assert (child.exitcode, mail.taken) == (-9, [])
    outlive_leases(tmp_path)

    assert (home.alerts.deliver().sent, home.alerts.deliver().sent) == (1, 0)

    assert [one["Subject"] for one in mail.taken] == ["orders: orders.csv waits for a decision"]


@pytest.mark.crash
def test_killed_at_random_moments_of_sending_all_letters_arrive_and_doubles_are_counted(tmp_path: Path, mail):
    home, dice = opened(tmp_path, mail.port), random.Random(11)
    orders(home, on=("batch_held",))
    for number in range(LETTERS):
        told = Event(
            f"held:{number}", Occurrence.BATCH_HELD, "default", "orders", "b", f"{number}", "", home.ingest.clock()
        )
        home.alerts.announce([told])
    cut = 0
    for _ in range(KILLS):
        ready = PROCESSES.Event()
        child = PROCESSES.Process(target=send_for_ever, args=(tmp_path, mail.port, ready))
        child.start()
        assert ready.wait(120)
        more_taken(mail, dice.randrange(9))
        time.sleep(dice.uniform(0, 0.02))
        child.kill()
        child.join()
        cut += home.alerts.counts("default").sending
        outlive_claims(tmp_path)

    home.alerts.deliver(within_seconds=120)

    counts, extra = home.alerts.counts("default"), sum(mail.names.values()) - len(mail.names)
    sent = home.alerts.messages("default")
    assert (len(mail.names), counts.sent) == (LETTERS, LETTERS)
    assert extra <= sum(one.uncertain for one in sent) == cut <= KILLS
    sure = {one.letter for one in sent if not one.uncertain}
    assert not sure & {name.strip("<").partition("@")[0] for name, copies in mail.names.items() if copies > 1}
