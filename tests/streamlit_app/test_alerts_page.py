"""The Alerts page: an alert is added in plain words, and what was not delivered can be sent again or given up."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import Event, MessageState
from hestia_assets.core.specs import AlertSpec, CheckSpec, DatasetSpec, Occurrence
from streamlit_app.components import sentences


def press(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if button.key == key).click().run()


def text_of(app: AppTest) -> str:
    return "\n".join(element.value for kind in (app.markdown, app.info, app.warning, app.caption) for element in kind)


def add(app: AppTest, **values: str) -> AppTest:
    app.text_input(key="new-alert-0").set_value("team").run()
    app.text_input(key="new-alert-0-to-email").set_value(values["to"]).run()
    return app


def test_an_alert_is_added_shown_as_a_sentence_paused_and_deleted(
    open_page: Callable[..., AppTest], pages_home: Hestia
):
    app = open_page("alerts")
    assert not app.exception
    assert "Nobody is told of anything yet" in text_of(app)
    assert "Nothing has been told yet" in text_of(app)

    add(app, to="ada@example.org, bob@example.org")
    assert "No mail server is set" in text_of(app)
    app = press(app, "new-alert-0-save")

    assert not app.exception
    (saved,) = pages_home.catalog.all("alert")
    assert isinstance(saved.spec, AlertSpec)
    assert (saved.spec.name, saved.spec.channel.to) == ("team", ("ada@example.org", "bob@example.org"))
    words = "hear by e-mail, at once, when a file waits for a decision or a file is not imported, in any dataset."
    assert words in text_of(app)
    app = press(app, "pause-team")
    assert pages_home.catalog.get("alert", "default", "team").spec.paused
    app = press(app, "delete-team")
    assert pages_home.catalog.all("alert") == []
    assert not app.exception


def test_an_address_that_would_show_a_secret_cannot_be_saved(open_page: Callable[..., AppTest], pages_home: Hestia):
    app = open_page("alerts")
    app.text_input(key="new-alert-0").set_value("team").run()
    app.selectbox(key="new-alert-0-kind").set_value("chat").run()
    app.text_input(key="new-alert-0-to-chat").set_value("slack://a/b/c").run()

    assert "holds a secret" in text_of(app)
    assert next(button for button in app.button if button.key == "new-alert-0-save").disabled
    app.text_input(key="new-alert-0-to-chat").set_value("HESTIA_CHAT_OPS").run()
    press(app, "new-alert-0-save")

    (saved,) = pages_home.catalog.all("alert")
    assert saved.spec.channel.to == ("env:HESTIA_CHAT_OPS",)


def test_what_was_not_delivered_says_why_and_can_be_sent_again_or_given_up(
    open_page: Callable[..., AppTest], pages_home: Hestia
):
    channel = {"kind": "webhook", "to": ("http://127.0.0.1:9/x",)}
    pages_home.catalog.save(AlertSpec(name="hook", on=("batch_held",), channel=channel), author="ada")
    for number in range(2):
        at = pages_home.ingest.clock()
        told = Event(
            f"held:{number}", Occurrence.BATCH_HELD, "default", "orders", "b", f"file {number} waits", "Look.", at
        )
        pages_home.alerts.announce([told])
    pages_home.alerts.deliver()
    first, second = pages_home.alerts.messages("default")

    app = open_page("alerts")
    assert "cannot be reached" in text_of(app)
    app = press(app, f"give-up-{first.id}")
    app = press(app, f"again-{second.id}")

    assert not app.exception
    assert pages_home.alerts.outbox.get("default", first.id).state is MessageState.GIVEN_UP
    assert "It goes out within a minute" in text_of(app)
    assert pages_home.alerts.outbox.due(pages_home.ingest.clock()) == 1
    assert {metric.label: metric.value for metric in app.metric} == {
        "Waiting": "1", "Sent": "0", "Not delivered": "0", "Given up": "1"
    }  # fmt: skip


def test_a_list_that_old_messages_left_says_so(open_page: Callable[..., AppTest], pages_home: Hestia):
    channel = {"kind": "email", "to": ("ada@example.org",)}
    pages_home.catalog.save(AlertSpec(name="ops", on=("batch_held",), channel=channel), author="ada")
    at = pages_home.ingest.clock()
    for key in ("held:old", "held:new"):
        pages_home.alerts.announce([Event(key, Occurrence.BATCH_HELD, "default", "orders", "b", key, "Look.", at)])
    outbox = pages_home.alerts.outbox
    claimed = outbox.claim(at + timedelta(days=1), lease_until=at + timedelta(days=2))
    outbox.settle(claimed, MessageState.SENT, at=at - timedelta(days=100))
    pages_home.alerts.deliver(within_seconds=0)

    app = open_page("alerts")

    assert not app.exception
    said = f"goes back to {at - timedelta(days=100):%Y-%m-%d %H:%M} UTC. 1 message sent until then left it"
    assert said in text_of(app)
    assert "(90 days at present)" in text_of(app)


def test_a_rule_that_datasets_have_under_one_name_says_what_each_of_them_demands(
    pages_home: Hestia, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sentences, "hestia", lambda: pages_home)
    least = [CheckSpec(rule="in_range", columns=("qty",), params={"min": number}) for number in (1, 1, 5)]
    datasets = [DatasetSpec(name=f"d{number}", checks=(check,)) for number, check in enumerate(least)]

    assert sentences.demands_of(datasets) == {least[0].name: "qty must be at least 1 / qty must be at least 5"}
