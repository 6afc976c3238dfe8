"""What people do to alerts and messages, what an alert asks for, and what is found by looking."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hestia_assets.core.errors import HeldError, NotFoundError, NotNowError, TransientError
from hestia_assets.core.results import MessageState
from hestia_assets.core.specs import Occurrence


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """On one database; test_outbox.py shows both."""
    return f"sqlite:///{tmp_path / 'hestia.db'}"


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


def test_only_what_is_tried_again_says_so(service, alert, event, clock):
    hook = alert("hook", kind="webhook", to="http://127.0.0.1:9/nobody")
    service.announce([event()])

    with pytest.raises(NotNowError) as once:
        service.test(hook, author="ada")
    service.deliver()
    waiting = service.messages("default")[0].problem.hint
    clock.advance(timedelta(days=6).total_seconds())
    service.deliver()
    (failed,) = service.messages("default", states=[MessageState.FAILED])

    assert once.value.hint == "Check that it runs, and that it can be reached from here."
    assert waiting == f"{once.value.hint} It is tried again by itself, under the same id."
    assert failed.problem.hint == once.value.hint
