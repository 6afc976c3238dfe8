"""The outbox keeps each message once, with the change that it tells of, and gives it to one sender at a time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from hestia_assets.core.errors import HeldError, NotFoundError, TransientError
from hestia_assets.core.results import MessageState
from hestia_assets.core.specs import Occurrence

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


def test_a_paused_alert_notes_nothing_and_what_waits_stays(service, alert, event, rounds, mail):
    alert()
    service.announce([event("before")])
    alert(paused=True)

    service.announce([event("while")])
    done = service.deliver()
    assert (mail.taken, done.sent, service.counts("default").pending) == ([], 0, 1)
    alert()
    rounds()

    assert [one["Subject"] for one in mail.taken] == ["orders: before happened"]


def test_what_waits_for_a_deleted_alert_is_given_up_and_can_be_sent_after_all(service, alert, event, mail):
    alert()
    service.announce([event()])
    service.specs.delete("alert", "default", "ops")

    assert service.deliver().given_up == 1
    (message,) = service.messages("default", states=[MessageState.GIVEN_UP])
    assert message.problem.code == "alert.deleted"
    alert()
    service.again("default", message.id, author="ada")

    assert service.deliver().sent == 1
    assert len(mail.taken) == 1


def test_a_person_sends_again_or_gives_up_only_what_was_not_sent(service, alert, event, rounds):
    alert()
    service.announce([event("one")])
    (message,) = service.messages("default")
    assert service.give_up("default", message.id, author="ada").state is MessageState.GIVEN_UP
    assert service.again("default", message.id, author="ada").state is MessageState.PENDING
    rounds()

    for forbidden in (service.again, service.give_up):
        with pytest.raises(HeldError):
            forbidden("default", message.id, author="ada")
        with pytest.raises(NotFoundError):
            forbidden("another", message.id, author="ada")
    assert [one.action for one in service.audit.recent(limit=2)] == ["alert.message_pending", "alert.message_given_up"]


def test_a_share_is_told_above_the_alerts_own_and_a_check_by_its_name(service, alert, event):
    alert("tenth", share=0.1, on=("quarantine_share",))
    alert("one_check", checks=("unique__id",), on=("check_failed",))

    service.announce(
        [event("s1", Occurrence.QUARANTINE_SHARE, share=0.1), event("s2", Occurrence.QUARANTINE_SHARE, share=0.2)]
    )
    service.announce(
        [event("c1", Occurrence.CHECK_FAILED, check="unique__id"), event("c2", Occurrence.CHECK_FAILED, check="x")]
    )

    assert {(one.alert, one.event.key) for one in service.messages("default")} == {("tenth", "s2"), ("one_check", "c1")}


def test_a_look_tells_what_is_late_once_and_no_anomaly_older_than_the_alert(service, alert, event, clock):
    late, old = event("late:1", Occurrence.DATASET_LATE), event("odd:1", Occurrence.ANOMALY)
    clock.advance(60)
    alert(on=("dataset_late", "anomaly"))
    fresh = event("odd:2", Occurrence.ANOMALY)

    def broken(_):
        raise TransientError("Not now.", hint="Wait.")

    looking = replace(
        service, looks={Occurrence.DATASET_LATE: lambda _: [late], Occurrence.ANOMALY: lambda _: [old, fresh]}
    )
    blind = replace(service, looks={Occurrence.DATASET_LATE: broken})

    assert (looking.look(), looking.look(), blind.look()) == (2, 0, 0)
    assert {one.event.key for one in service.messages("default")} == {"late:1", "odd:2"}


def test_four_senders_at_once_send_each_letter_once(service, alert, event, mail, reopen):
    alert()
    for number in range(24):
        service.announce([event(f"held:{number}")])
    senders = [replace(service, outbox=reopen().outbox) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda each: each.deliver(), senders))

    assert sum(each.sent for each in done) == 24
    assert list(mail.names.values()) == [1] * 24


def test_a_file_may_be_called_anything(service, alert, event, rounds, mail, web):
    alert()
    alert("hook", kind="webhook", to=web.url)
    service.announce(
        [event(title="a\ud800\r\nBcc: all@example.org\0 \u00fc.csv waits", text="<script>alert(1)</script>")]
    )

    rounds()

    assert (len(mail.taken), len(web.taken)) == (1, 1)
    assert mail.taken[0]["Bcc"] is None
    assert "&lt;script&gt;" in mail.taken[0].get_payload()[1].get_payload(decode=True).decode()
