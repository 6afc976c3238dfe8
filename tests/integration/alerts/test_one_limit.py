"""Sending has one limit for the whole of it, whichever channel: whoever drips keeps neither the others nor us."""

import json
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from alert_servers import HASTY_SECONDS, MailServer, WebServer

from hestia_assets.adapters import chat_sender
from hestia_assets.adapters.webhook import WebhookCourier
from hestia_assets.settings import alert_secret


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What servers do to letters does not depend on the database."""
    return f"sqlite:///{tmp_path / 'hestia.db'}"


@pytest.fixture
def wait_seconds() -> float:
    """Not long: each server here is slow on purpose."""
    return HASTY_SECONDS


@pytest.fixture(params=["email", "webhook", "chat"])
def dripping(request, alert, mail: MailServer, web: WebServer, monkeypatch):
    """An alert by each channel, whose server takes the first letter and drips its answer."""
    monkeypatch.setenv("HESTIA_CHAT_OPS", web.url.replace("http://", "json://"))
    to = {"email": "ada@example.org", "webhook": web.url, "chat": "env:HESTIA_CHAT_OPS"}
    alert(kind=request.param, to=to[request.param])
    server = mail if request.param == "email" else web
    server.script = ["drips" if request.param == "email" else "drops"]
    return server


def test_a_server_that_drips_its_answer_has_perhaps_taken_the_letter_and_the_next_one_goes_out(
    service, event, dripping
):
    threads, processes = set(threading.enumerate()), set(psutil.Process().children(recursive=True))
    service.announce([event("first")])
    service.announce([event("second")])

    done = service.deliver()

    assert (done.sent, done.later) == (1, 1)
    by_name = {one.event.key: one for one in service.messages("default")}
    assert (by_name["first"].uncertain, by_name["second"].uncertain) == (1, 0)
    assert "in time" in by_name["first"].problem.message
    left = [thread for thread in set(threading.enumerate()) - threads if "process_request" not in thread.name]
    for thread in left:  # the server's own are not among them; one that looked up a name ends a moment later
        thread.join(HASTY_SECONDS * 10)
    assert not [thread for thread in left if thread.is_alive()]
    assert set(psutil.Process().children(recursive=True)) <= processes


def test_a_mail_server_that_drips_before_the_text_has_surely_not_taken_it(service, alert, event, mail):
    alert()
    mail.script = ["trickles"]
    service.announce([event()])

    assert service.deliver().later == 1

    (message,) = service.messages("default")
    assert (message.uncertain, mail.taken) == (0, [])


def test_a_mail_server_that_says_no_good_bye_has_taken_the_letter_all_the_same(service, alert, event, mail):
    alert()
    mail.script = ["lingers"]
    service.announce([event()])

    assert service.deliver().sent == 1

    assert len(mail.taken) == 1


@pytest.mark.parametrize("kind", ["email", "webhook"])
def test_a_name_that_is_not_resolved_keeps_nobody_waiting(service, alert, event, mail, web, monkeypatch, kind):
    answer, resolve = threading.Event(), socket.getaddrinfo

    def resolved(host, *arguments, **options):
        if host == "slow.example.org":
            answer.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        return resolve(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    slow = service.couriers["email"].settings.model_copy(update={"smtp_host": "slow.example.org"})
    monkeypatch.setitem(service.couriers, "email", type(service.couriers["email"])(slow))
    alert(kind=kind, to="ada@example.org" if kind == "email" else "https://slow.example.org/hook")
    private = WebhookCourier(alert_secret, service.clock, private=True, timeout_seconds=20)
    monkeypatch.setitem(service.couriers, "chat", private)  # one that has time, whatever else this machine does
    alert("other", kind="chat", to="env:HESTIA_CHAT_OPS")
    monkeypatch.setenv("HESTIA_CHAT_OPS", web.url)
    service.announce([event()])

    done = service.deliver()

    assert not answer.is_set()
    assert (done.sent, done.later) == (1, 1)
    assert {message.uncertain for message in service.messages("default")} == {0}
    answer.set()


def test_who_sends_to_a_chat_ends_by_itself_even_if_nobody_is_left_who_waits_for_it(web: WebServer):
    web.script = ["drops"]
    question = {"address": web.url.replace("http://", "json://"), "title": "t", "body": "b", "seconds": 0.3}

    sender = subprocess.run(
        [sys.executable, "-m", chat_sender.__name__], input=json.dumps(question).encode(), capture_output=True,
        check=False,
    )  # fmt: skip

    assert (sender.returncode, sender.stdout) == (-signal.SIGALRM, b"ready\n")


def test_a_program_that_cannot_start_has_surely_sent_nothing(service, alert, event, web, monkeypatch):
    monkeypatch.setenv("HESTIA_CHAT_OPS", web.url.replace("http://", "json://"))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    alert(kind="chat", to="env:HESTIA_CHAT_OPS")
    service.announce([event()])

    assert service.deliver().later == 1

    (message,) = service.messages("default")
    assert (message.uncertain, web.taken) == (0, [])
    assert "failed (exit code 1)" in message.problem.message
