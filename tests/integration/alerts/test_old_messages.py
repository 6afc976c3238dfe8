"""Messages that were sent long ago leave the outbox: counted, only they, and none is told a second time."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from hestia_assets.core.results import MessageState
from hestia_assets.domains.alerts import delivering

DAY = 86_400
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the other database has no part in."""


@pytest.fixture
def keeping(service):
    """Alerts whose sent messages stay for 90 days."""
    return replace(service, keep_days=90)


def keys(service):
    return [message.event.key for message in service.messages("default")]


def test_sent_messages_leave_the_list_after_their_days_and_it_says_how_many_and_since_when(
    keeping, alert, event, clock, mail
):
    alert()
    told = [event(f"held:{number}") for number in range(4)]
    keeping.announce(told[:2])
    keeping.deliver()
    first_sent = clock()
    clock.advance(80 * DAY)
    keeping.announce(told[2:])
    keeping.deliver()
    assert keeping.counts("default").removed == 0
    clock.advance(11 * DAY)

    done = keeping.deliver()

    counts = keeping.counts("default")
    assert (done.removed, counts.removed, counts.sent) == (2, 2, 2)
    assert counts.goes_back_to == first_sent
    assert keys(keeping) == ["held:3", "held:2"]
    assert (keeping.deliver().removed, keeping.counts("elsewhere").removed) == (0, 0)


def test_what_was_told_and_removed_is_not_told_again(keeping, alert, event, clock, mail, reopen):
    alert(to="ada@example.org bob@example.org")
    told = [event("late:orders"), event("held:1")]
    keeping.announce(told)
    keeping.deliver()
    clock.advance(91 * DAY)
    keeping.announce([event("held:new")])
    keeping.deliver()
    assert keeping.counts("default").removed == 4
    restarted = replace(keeping, outbox=reopen().outbox)

    restarted.announce([*told, event("held:other")])
    restarted.deliver()

    assert len(mail.taken) == 4 + 2  # letters; those of one moment go together
    assert keys(restarted) == ["held:other"] * 2 + ["held:new"] * 2
    assert restarted.outbox.add([]) == 0


def test_what_is_announced_in_the_very_moment_of_its_removal_is_not_told_again(
    keeping, alert, event, clock, mail, metadata, reopen
):
    alert()
    told = event("late:orders")
    keeping.announce([told])
    keeping.deliver()
    keeping.announce([event("newest")])
    other = replace(keeping, outbox=reopen().outbox)

    with ThreadPoolExecutor(1) as pool:
        with metadata.database.together():
            assert keeping.outbox.remove_sent(clock(), at_most=10) == 1
            late = pool.submit(other.announce, [told])
            time.sleep(0.2)
        late.result()

    assert keys(keeping) == ["newest"]


@ON_SQLITE
def test_a_removal_that_is_cut_off_removed_nothing(keeping, alert, event, clock, mail, metadata):
    alert()
    for name in ("old", "newest"):
        keeping.announce([event(name)])
        keeping.deliver()

    with pytest.raises(RuntimeError), metadata.database.together():
        assert keeping.outbox.remove_sent(clock.now + timedelta(days=1), at_most=10) == 1
        raise RuntimeError

    assert keys(keeping) == ["newest", "old"]
    assert (keeping.counts("default").removed, keeping.counts("default").sent) == (0, 2)


def test_what_was_not_sent_and_what_perhaps_arrived_twice_stays_however_old(keeping, alert, event, clock, mail):
    alert()
    mail.script = ["refused", "lost"]
    for name in ("refused", "lost", "given up", "surely sent"):
        keeping.announce([event(name)])
        if name == "given up":
            (mine,) = keeping.messages("default", states=[MessageState.PENDING], limit=1)
            keeping.give_up("default", mine.id, author="ada")
        keeping.deliver()
    clock.advance(60)
    keeping.deliver()
    clock.advance(400 * DAY)
    keeping.announce([event("waiting")])
    mail.script = ["busy"]

    keeping.deliver()

    assert sorted(keys(keeping)) == ["given up", "lost", "refused", "waiting"]
    counts = keeping.counts("default")
    assert (counts.removed, counts.doubtful, counts.failed, counts.given_up) == (1, 1, 1, 1)


@ON_SQLITE
def test_kept_for_ever_nothing_is_removed_and_no_number_is_given_to_two_messages(service, alert, event, clock, mail):
    alert()
    service.announce([event("held:1")])
    service.deliver()
    (first,) = service.messages("default")
    clock.advance(4_000 * DAY)
    assert service.deliver().removed == 0

    replace(service, keep_days=90).deliver()
    service.announce([event("held:2")])

    assert len({message.id for message in service.messages("default")} | {first.id}) == 2


def test_many_leave_in_short_transactions_and_two_who_tidy_up_at_once_count_each_once(
    keeping, alert, event, clock, reopen, monkeypatch
):
    monkeypatch.setattr(delivering, "REMOVED_AT_ONCE", 7)
    monkeypatch.setattr(delivering, "REMOVALS_IN_ROUND", 2)
    alert()
    keeping.announce([event(f"held:{number}") for number in range(40)])
    keeping.deliver()
    clock.advance(91 * DAY)
    keeping.announce([event("held:new")])
    assert keeping.deliver().removed == 14
    others = [replace(keeping, outbox=reopen().outbox) for _ in range(2)]

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda each: sum(each.deliver().removed for _ in range(5)), others))

    assert sum(done) + 14 == keeping.counts("default").removed <= 40
    keeping.deliver()
    keeping.deliver()
    assert (keeping.counts("default").removed, len(keys(keeping))) == (40, 1)
