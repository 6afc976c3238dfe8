import threading
from datetime import date
from pathlib import Path


def test_events_come_back_newest_first_even_within_one_moment(metadata, clock):
    for number in range(5):
        metadata.audit.record("ada", "spec.saved", "dataset/orders", version=number)

    events = metadata.audit.recent()

    assert [event.details["version"] for event in events] == [4, 3, 2, 1, 0]
    assert {event.at for event in events} == {clock.now}


def test_order_is_that_of_recording_even_when_the_clock_goes_back(metadata, clock):
    metadata.audit.record("ada", "first", "s")
    clock.advance(-3600)
    metadata.audit.record("ada", "second", "s")

    assert [event.action for event in metadata.audit.recent()] == ["second", "first"]


def test_events_can_be_asked_for_by_subject_up_to_a_limit(metadata):
    for number in range(6):
        metadata.audit.record("ada", f"a{number}", "orders" if number % 2 else "returns")

    assert [event.action for event in metadata.audit.recent(subject="orders")] == ["a5", "a3", "a1"]
    assert [event.action for event in metadata.audit.recent(limit=2)] == ["a5", "a4"]


def test_details_that_json_has_no_word_for_are_kept_as_text(metadata):
    metadata.audit.record("ada", "x", "y", path=Path("a/b"), day=date(2024, 2, 29), nested={"rows": [1, None]})

    (event,) = metadata.audit.recent()

    assert event.details == {"path": "a/b", "day": "2024-02-29", "nested": {"rows": [1, None]}}


def test_subjects_and_actors_may_hold_any_text(metadata):
    metadata.audit.record("zoë \0", "x", "datei\udcff.csv", name="\udcff\0")

    (event,) = metadata.audit.recent(subject="datei\udcff.csv")

    assert (event.actor, event.subject, event.details) == (
        "zoë \ufffd",
        "datei\ufffd.csv",
        {"name": "\udcff\0"},
    )


def test_threads_of_one_process_lose_no_event(metadata):
    def record(thread: int) -> None:
        for number in range(20):
            metadata.audit.record("ada", "x", "y", thread=thread, number=number)

    threads = [threading.Thread(target=record, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    seen = {(event.details["thread"], event.details["number"]) for event in metadata.audit.recent(limit=1000)}
    assert len(seen) == 160
