"""Whatever servers do, every letter arrives, and twice only where nobody could know that it had arrived."""

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from alert_servers import HASTY_SECONDS, MailServer
from standardwebhooks.webhooks import Webhook

from hestia_assets.adapters.webhook import WebhookCourier
from hestia_assets.core.errors import UndeliveredError
from hestia_assets.core.results import Letter, MessageState
from hestia_assets.core.specs import Channel, ChannelKind
from hestia_assets.domains.alerts.delivering import wait_seconds
from hestia_assets.settings import alert_secret


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What servers do to letters does not depend on the database; test_outbox.py shows both."""
    return f"sqlite:///{tmp_path / 'hestia.db'}"


HASTY = pytest.mark.parametrize("wait_seconds", [HASTY_SECONDS])

MAIL_MAY_PASS = {"busy": 0, "full": 0, "slow": 0, "away": 0, "lost": 0, "dropped": 1, "late": 1}
"""Copies too many that each behaviour leaves behind."""


@HASTY
def test_a_mail_server_that_fails_once_gets_the_letter_again_and_only_a_lost_answer_doubles_it(
    service, alert, event, rounds, mail: MailServer
):
    alert()
    for way in MAIL_MAY_PASS:
        service.announce([event(way)])
        mail.script.append(way)

    rounds()

    copies = {str(one["Subject"]).split()[1]: 0 for one in mail.taken}
    for one in mail.taken:
        copies[str(one["Subject"]).split()[1]] += 1
    assert copies == {way: 1 + extra for way, extra in MAIL_MAY_PASS.items()}
    assert len(mail.names) == len(MAIL_MAY_PASS)
    uncertain = {one.event.key for one in service.messages("default") if one.uncertain}
    assert uncertain == {"dropped", "late", "lost"}
    assert service.counts("default").doubtful == 3


def test_what_a_mail_server_refuses_for_good_waits_for_a_person(service, alert, event, rounds, mail: MailServer):
    alert()
    mail.script = ["refused", "rejected"]
    service.announce([event("one")])
    service.announce([event("two")])
    rounds()

    failed = service.messages("default", states=[MessageState.FAILED])
    assert (len(failed), mail.taken) == (2, [])
    assert "550 Nobody of that name" in failed[1].problem.message
    for message in failed:
        service.again("default", message.id, author="ada")
    rounds()

    assert len(mail.taken) == 2
    assert service.counts("default").sent == 2


def test_a_server_that_is_away_for_five_days_is_given_no_more_letters(service, alert, event, clock, mail):
    alert()
    service.announce([event()])
    mail.script = ["busy"] * 1_000

    while service.counts("default").pending:
        service.deliver()
        clock.advance(4 * 3_600)

    (message,) = service.messages("default")
    assert (message.state, message.attempts > 25) == (MessageState.FAILED, True)
    assert (clock() - message.created_at).days == 5


def test_a_digest_that_waited_for_its_day_is_tried_as_long_as_any_letter(service, alert, event, clock, mail):
    alert(digest="0 8 * * mon")
    service.announce([event()])
    clock.advance(8 * 24 * 3_600)
    mail.script.append("busy")

    assert service.deliver().later == 1
    clock.advance(3_600)

    assert service.deliver().sent == 1


def test_forty_letters_to_a_mail_server_with_moods_all_arrive(service, alert, event, rounds, mail: MailServer):
    """The figures of docs/how-to/alerts.md."""
    alert(to="ada@example.org bob@example.org")
    moods = ["ok", "busy", "full", "away", "dropped", "lost"]
    dice = random.Random(7)
    mail.script = drawn = [dice.choice(moods) for _ in range(60)]
    moods_met = Counter(drawn)
    for number in range(20):
        service.announce([event(f"e{number}")])

    rounds()

    counts, sent = service.counts("default"), service.messages("default")
    extra = sum(mail.names.values()) - len(mail.names)
    assert (len(mail.names), counts.sent) == (40, 40)
    assert extra == moods_met["dropped"]
    assert sum(one.uncertain for one in sent) == moods_met["dropped"] + moods_met["lost"]
    assert not {one.letter for one in sent if not one.uncertain} & {
        name.strip("<").partition("@")[0] for name, copies in mail.names.items() if copies > 1
    }
    assert (extra, counts.doubtful) == FIGURES


FIGURES = (16, 17)
"""Copies too many; messages that may have arrived twice."""


@HASTY
def test_a_web_server_that_fails_gets_the_letter_again_under_the_same_name(
    service, alert, event, rounds, web, monkeypatch
):
    monkeypatch.setenv("HESTIA_WEBHOOK_SECRET", "whsec_" + "c2VjcmV0IG9mIHRoaXMgdGVzdA==")
    alert(kind="webhook", to=web.url, secret="HESTIA_WEBHOOK_SECRET")
    ways = ["ok", "broken", "slow", "reset"]
    for way in ways:
        service.announce([event(way)])
        web.script.append(way)

    rounds()

    assert sorted(web.names.values()) == [1, 1, 2, 2]
    assert {one.event.key for one in service.messages("default") if one.uncertain} == {"slow", "reset"}
    for headers, body in web.taken:
        verifier = Webhook("c2VjcmV0IG9mIHRoaXMgdGVzdA==")
        stamp = service.clock().fromtimestamp(int(headers["webhook-timestamp"]), tz=service.clock().tzinfo)
        assert headers["webhook-signature"] == verifier.sign(headers["webhook-id"], stamp, body.decode())
        assert json.loads(body)["data"]["dataset"] == "orders"


def test_a_web_server_says_when_to_come_back_and_what_it_refuses_is_not_sent_again(service, alert, event, clock, web):
    alert(kind="webhook", to=web.url)
    web.script = ["busy", "refused", "moved"]
    for name in ("busy", "refused", "moved"):
        service.announce([event(name)])

    done = service.deliver()

    assert (done.later, done.failed, done.sent) == (1, 2, 0)
    by_name = {one.event.key: one for one in service.messages("default")}
    assert (by_name["busy"].next_at - clock()).total_seconds() == pytest.approx(90, abs=1)
    assert "elsewhere" in by_name["moved"].problem.message
    clock.advance(91)
    assert service.deliver().sent == 1


@HASTY
def test_a_web_server_that_answers_drop_by_drop_does_not_keep_the_others_waiting(service, alert, event, web):
    alert(to=web.url, kind="webhook")
    web.script.append("drops")
    service.announce([event()])

    done = service.deliver()

    assert (done.sent, done.later) == (0, 1)
    (message,) = service.messages("default")
    assert message.uncertain == 1


def test_a_chat_is_told_through_the_address_that_a_variable_holds(service, alert, event, rounds, web, monkeypatch):
    alert(kind="chat", to="env:HESTIA_CHAT_OPS")
    service.announce([event("hello")])
    service.deliver()
    (message,) = service.messages("default")
    assert message.problem.message == "HESTIA_CHAT_OPS is not set."

    monkeypatch.setenv("HESTIA_CHAT_OPS", web.url.replace("http://", "json://"))
    web.script = ["broken"]
    names = []
    monkeypatch.setattr(type(web), "names", property(lambda _: names))
    rounds()

    ((_, body),) = web.taken
    assert json.loads(body)["title"] == "orders: hello happened"
    web.script = ["refused"]
    service.announce([event("again")])
    rounds()
    failed = service.messages("default", states=[MessageState.FAILED])
    assert [one.problem.message for one in failed] == ["The chat of HESTIA_CHAT_OPS refuses the message (404)."]


def test_no_webhook_reaches_this_machines_network_where_that_is_forbidden(clock, web):
    courier = WebhookCourier(alert_secret, clock, private=False, timeout_seconds=1)
    letter = Letter("msg_1", "s", "t", "h", clock())

    with pytest.raises(UndeliveredError, match="inside this machine's network"):
        courier.send(letter, Channel(kind=ChannelKind.WEBHOOK, to=(web.url,)))

    assert web.taken == []


@pytest.mark.parametrize("address", ["http://[::1", "https://example.org:port/", "ftp://example.org/", "nonsense"])
def test_a_variable_that_holds_no_web_address_waits_for_a_person(service, alert, event, monkeypatch, address):
    monkeypatch.setenv("HESTIA_WEBHOOK_OPS", address)
    alert(to="env:HESTIA_WEBHOOK_OPS", kind="webhook")
    service.announce([event()])

    service.deliver()

    (failed,) = service.messages("default", states=[MessageState.FAILED])
    assert address not in failed.problem.message


def test_a_bug_in_one_letter_does_not_keep_the_others_back(service, alert, event, mail):
    class Broken:
        def send(self, *_):
            raise KeyError("oops")

    alert("mail")
    alert("hook", kind="webhook", to="https://example.org/hook")
    service.announce([event()])
    broken = replace(service, couriers={**service.couriers, ChannelKind.WEBHOOK: Broken()})

    done = broken.deliver()

    assert (done.sent, done.later, len(mail.taken)) == (1, 1, 1)


def test_waits_grow_to_an_hour_and_letters_spread():
    waits = [wait_seconds("msg_a", attempt) for attempt in (1, 2, 5, 30, 2_000)]

    assert [24 <= waits[0] <= 36, 48 <= waits[1] <= 72, 384 <= waits[2] <= 576] == [True] * 3
    assert all(2_880 <= wait <= 4_320 for wait in waits[3:])
    assert wait_seconds("msg_a", 1) != wait_seconds("msg_b", 1)
    assert wait_seconds("msg_a", 1, asked_seconds=1e9) == 86_400
