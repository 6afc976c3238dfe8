"""Files from the web: redirects, names, sign-in pages, retries, limits, and no way into other people's networks."""

import gzip
import logging
import socket
from pathlib import Path

import pytest
from remote_places import Page, Web

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.connectors import https
from hestia_assets.core.errors import FetchError, HestiaError, SpecError, TooLargeError, TransientError
from hestia_assets.core.specs import DatasetSpec, SourceSpec
from hestia_assets.settings import Settings

ROWS = b"day,rate\n2026-01-01,1.5\n"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(https, "WAITS_SECONDS", (0.0, 0.0))


def content(home: Hestia, url: str) -> tuple[str, bytes]:
    """Name and bytes of what an address gives."""
    (file,) = home.sources.files(url)
    with home.sources.open(file) as download:
        return download.file.name, download.source.read()


def refusal(home: Hestia, url: str) -> HestiaError:
    with pytest.raises(HestiaError) as told:
        content(home, url)
    assert list(home.settings.landing.glob("*.csv")) == []
    return told.value


def save(home: Hestia, url: str, **facts: str) -> None:
    home.catalog.save(SourceSpec(name="bank", dataset="rates", url=url, **facts), author="ada")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="rates 2026.csv"', "rates 2026.csv"),
        ("attachment; filename*=UTF-8''k%C3%BCrse.csv", "kürse.csv"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment", "get"),
    ],
)
def test_the_server_names_the_file(home: Hestia, web: Web, header: str, name: str):
    url = web.put("/get?id=1", ROWS, headers={"Content-Disposition": header})

    assert content(home, url) == (name, ROWS)


def test_redirects_are_followed_and_the_name_is_that_of_the_file(home: Hestia, web: Web):
    web.put("/files/rates.csv", ROWS)
    url = web.put("/latest", status=302, headers={"Location": "/files/rates.csv"})

    assert content(home, url) == ("rates.csv", ROWS)


def test_redirects_in_a_circle_end(home: Hestia, web: Web):
    error = refusal(home, web.put("/a", status=302, headers={"Location": "/a"}))

    assert "in circles" in error.message


def test_a_redirect_to_another_kind_of_address_is_refused(home: Hestia, web: Web):
    error = refusal(home, web.put("/a", status=302, headers={"Location": "file:///etc/passwd"}))

    assert isinstance(error, FetchError)


@pytest.mark.parametrize(
    ("status", "words"), [(401, "does not let us in"), (403, "does not let us in"), (404, "no file"), (418, "refuses")]
)
def test_answers_that_are_no_file_are_told_in_words(home: Hestia, web: Web, status: int, words: str):
    error = refusal(home, web.put("/x.csv", b"no", status=status))

    assert isinstance(error, FetchError)
    assert words in error.message
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html>", b"\xef\xbb\xbf\n <HTML lang=en>", b"<!-- x -->\n<head><title>Sign in</title>"]
)
def test_a_page_to_sign_in_is_no_file(home: Hestia, web: Web, page: bytes):
    error = refusal(home, web.put("/x.csv", page, headers={"Content-Type": "text/csv"}))

    assert "web page instead of a file" in error.message


def test_a_server_that_recovers_is_asked_again(home: Hestia, web: Web):
    url = web.put("/x.csv", b"", status=503, times=2, then=Page(ROWS))

    assert content(home, url) == ("x.csv", ROWS)
    assert len(web.asked) == 3


def test_a_server_that_does_not_recover_is_to_be_asked_later(home: Hestia, web: Web):
    assert isinstance(refusal(home, web.put("/x.csv", b"", status=503)), TransientError)


def test_a_download_that_breaks_off_is_begun_again_and_never_taken_for_whole(home: Hestia, web: Web):
    url = web.put("/x.csv", ROWS[:10], announced=len(ROWS), times=1, then=Page(ROWS))
    broken = web.put("/y.csv", ROWS[:10], announced=len(ROWS))

    assert content(home, url) == ("x.csv", ROWS)
    assert isinstance(refusal(home, broken), TransientError)


def test_what_is_announced_as_too_large_is_not_fetched_and_what_grows_too_large_is_stopped(
    settings: Settings, web: Web
):
    home = open_home(settings=settings.model_copy(update={"max_file_mb": 1}))
    packed = gzip.compress(b"0" * 3_000_000)

    assert isinstance(refusal(home, web.put("/x.csv", b"x" * 1_000_001)), TooLargeError)
    assert isinstance(refusal(home, web.put("/y.csv", packed, headers={"Content-Encoding": "gzip"})), TooLargeError)


def test_a_password_in_an_address_reaches_its_server_and_nothing_else(
    home: Hestia, web: Web, rates: DatasetSpec, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    web.put("/x.csv", ROWS)
    url = web.url.replace("http://", "http://ada:s3cret@") + "/x.csv?token=t0ken"

    assert content(home, url) == ("x.csv", ROWS)
    assert web.asked[0][1]["authorization"].startswith("Basic ")
    assert "s3cret" not in caplog.text
    with pytest.raises(SpecError, match="holds a password"):
        save(home, url)
    web.put("/x.csv", status=404)
    assert "s3cret" not in str(refusal(home, url))
    assert "t0ken" not in str(refusal(home, url))


def test_a_password_does_not_follow_a_redirect_to_another_server(home: Hestia, web: Web):
    web.put("/x.csv", ROWS)
    port = web.url.rpartition(":")[2]
    web.put("/go", status=302, headers={"Location": f"http://localhost:{port}/x.csv"})

    content(home, web.url.replace("http://", "http://ada:s3cret@") + "/go")

    assert ["authorization" in headers for _, headers in web.asked] == [True, False]


def test_a_home_that_forbids_it_fetches_nothing_from_its_own_network(settings: Settings, web: Web):
    home = open_home(settings=settings.model_copy(update={"allow_private_urls": False}))
    web.put("/x.csv", ROWS)
    port = web.url.rpartition(":")[2]

    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "0x7f.1"):
        assert "inside this machine's network" in refusal(home, f"http://{host}:{port}/x.csv").message
    assert web.asked == []


def test_the_place_where_clouds_keep_their_keys_is_never_asked(home: Hestia, web: Web):
    away = web.put("/x", status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})

    assert isinstance(refusal(home, "http://169.254.169.254/latest"), FetchError)
    assert isinstance(refusal(home, away), FetchError)


@pytest.mark.parametrize("headers", [{"ETag": '"1"'}, {"Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}])
def test_a_source_takes_each_version_once(home: Hestia, web: Web, rates: DatasetSpec, headers: dict[str, str]):
    save(home, web.put("/rates.csv", ROWS, headers=headers))

    first = home.sources.fetch("bank", tenant="default", author="ada")
    second = home.sources.fetch("bank", tenant="default", author="ada")
    changed = {name: value.replace("1", "2") for name, value in headers.items()}
    web.put("/rates.csv", ROWS + b"2026-01-02,1.6\n", headers=changed)
    third = home.sources.fetch("bank", tenant="default", author="ada")

    assert [each.known for each in first.received] == [False]
    assert (second.received, second.known) == ((), ("rates.csv",))
    assert len(third.received) == 1
    assert first.received[0].batch.origin == f"{web.url}/rates.csv"


def test_a_source_whose_server_tells_no_version_is_known_by_its_bytes(home: Hestia, web: Web, rates: DatasetSpec):
    save(home, web.put("/rates.csv", ROWS))

    home.sources.fetch("bank", tenant="default", author="ada")
    (again,) = home.sources.fetch("bank", tenant="default", author="ada").received

    assert again.known
    assert len(home.batches.recent("default", "rates")) == 1


def test_an_archive_from_the_web_is_unpacked(home: Hestia, web: Web, rates: DatasetSpec):
    save(home, web.put("/rates.csv.gz", gzip.compress(ROWS)))

    (received,) = home.sources.fetch("bank", tenant="default", author="ada").received

    assert received.batch.file_name == "rates.csv.gz/rates.csv"
    assert received.batch.origin == f"archive {web.url}/rates.csv.gz"


def test_a_fetch_that_gives_nothing_is_an_error_and_leaves_nothing(home: Hestia, web: Web, rates: DatasetSpec):
    save(home, f"{web.url}/missing.csv")

    with pytest.raises(FetchError, match="There is no file"):
        home.sources.fetch("bank", tenant="default", author="ada")

    assert home.batches.recent("default", "rates") == []
    assert [path for path in home.settings.landing.iterdir() if path.is_file()] == []


def test_what_was_taken_is_forgotten_without_harm(home: Hestia, web: Web, rates: DatasetSpec, tmp_path: Path):
    save(home, web.put("/rates.csv", ROWS, headers={"ETag": '"1"'}))
    home.sources.fetch("bank", tenant="default", author="ada")
    home.sources.seen.forget("default", "bank")

    (again,) = home.sources.fetch("bank", tenant="default", author="ada").received

    assert again.known


@pytest.mark.parametrize(
    "facts",
    [
        {"url": "ftp://example.org/x.csv"},
        {"url": "s3:///x"},
        {"url": "https://"},
        {"url": "https://example.org/x", "schedule": "every day"},
        {"url": "https://example.org/x", "schedule": "61 * * * *"},
        {"url": "https://example.org/x", "schedule": "0 0 30 2 *"},
        {"url": "https://example.org/x", "schedule": "0 6 * * *", "time_zone": "Mars/Olympus"},
    ],
)
def test_a_source_that_could_not_work_is_not_saved(home: Hestia, facts: dict[str, str]):
    with pytest.raises(SpecError) as told:
        home.catalog.save(SourceSpec(name="bank", dataset="rates", **facts), author="ada")

    assert told.value.hint


def test_a_server_that_says_nothing_is_waited_for_once_within_the_time(tmp_path: Path):
    home = open_home(settings=Settings(home=tmp_path / "home", fetch_timeout_seconds=0.3))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0)
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/rates.csv"

        with pytest.raises(TransientError, match="in time"):
            content(home, address)
        silent.accept()
        with pytest.raises(BlockingIOError):  # nobody came a second time
            silent.accept()
