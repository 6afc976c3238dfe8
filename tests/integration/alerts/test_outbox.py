"""The outbox keeps each message once, with the change that it tells of, and gives it to one sender at a time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from hestia_assets.core.results import MessageState

LEASE = timedelta(seconds=300)


def claim(service):
    return service.outbox.claim(service.clock(), lease_until=service.clock() + LEASE)


def test_each_receiver_hears_of_an_event_once_however_often_it_is_announced(service, alert, event, rounds, mail):
    alert(to="ada@example.org bob@example.org")
    alert("others", to="ada@example.org", datasets=("sales",))
    told = event()

    service.announce([told, told])
    service.announce([told])
    rounds()
    service.announce([told])
    rounds()

    assert sorted(one["To"] for one in mail.taken) == ["ada@example.org", "bob@example.org"]
    assert service.counts("default").sent == 2


def test_nothing_is_told_of_a_change_that_was_rolled_back(service, alert, event, metadata):
    alert()

    with pytest.raises(RuntimeError), metadata.database.together():
        service.announce([event()])
        raise RuntimeError

    assert service.messages("default") == []


def test_a_claimed_message_is_nobody_elses_until_its_lease_ends_and_then_uncertain(service, alert, event, clock):
    alert()
    service.announce([event()])

    (first,) = claim(service)
    assert claim(service) == []
    clock.advance(301)
    (second,) = claim(service)
    late = service.outbox.settle([first], MessageState.SENT, at=clock())
    mine = service.outbox.settle([second], MessageState.SENT, at=clock())

    assert (late, mine) == (False, True)
    assert (first.letter, first.uncertain, first.attempts) == (second.letter, 0, 1)
    assert (second.uncertain, second.attempts) == (1, 2)
    assert service.counts("default").doubtful == 1


def test_what_one_batch_tells_goes_out_in_one_letter(service, alert, event, rounds, mail):
    alert()
    service.announce([event("check:a"), event("check:b")])
    service.announce([event("check:c")])

    rounds()

    assert len(mail.taken) == 2
    assert "2 files that wait for a decision in orders" in " ".join(mail.taken[0]["Subject"].split())


def test_a_digest_waits_for_its_time_and_a_retry_takes_in_nothing_new(service, alert, event, clock, mail):
    alert(digest="0 7 * * *")
    for number in range(3):
        service.announce([event(f"held:{number}")])
    service.deliver()
    assert mail.taken == []
    clock.advance(timedelta(hours=19, minutes=1).total_seconds())  # noon, and on to seven

    mail.script = ["dropped"]
    service.deliver()
    service.announce([event("held:late")])
    clock.advance(60)
    service.deliver()

    assert list(mail.names.values()) == [2]
    assert [len(text(one).split("happened")) - 1 for one in mail.taken] == [3, 3]
    clock.advance(timedelta(hours=24).total_seconds())
    service.deliver()
    assert len(mail.names) == 2


def text(mail):
    return mail.get_payload()[0].get_payload()


def test_four_senders_at_once_send_each_letter_once(service, alert, event, mail, reopen):
    alert()
    for number in range(24):
        service.announce([event(f"held:{number}")])
    senders = [replace(service, outbox=reopen().outbox) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda each: each.deliver(), senders))

    assert sum(each.sent for each in done) == 24
    assert list(mail.names.values()) == [1] * 24
