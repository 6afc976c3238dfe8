"""The pages' server: uploads over real HTTP, who may send, what stays in memory."""

import hashlib
import http.client
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import psutil
import pytest

from hestia_assets.bootstrap import open_home
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.uploads import MEGABYTE, UploadFolder

ROOT = Path(__file__).parents[2]


def ask(server, method: str, path: str, body=None, headers=None) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, json.loads(data) if data else {}


def opened(server) -> str:
    return UploadFolder(server.uploads, max_bytes=0).open_token()


def test_a_file_is_stored_under_its_token(pages_server):
    token = opened(pages_server)

    first = ask(pages_server, "PUT", f"/uploads/{token}?offset=0&size=6", b"abc")
    last = ask(pages_server, "PUT", f"/uploads/{token}?offset=3&size=6", b"def")

    assert first == (200, {"received": 3, "complete": False})
    assert last == (200, {"received": 6, "complete": True})
    assert (pages_server.uploads / token).read_bytes() == b"abcdef"


def test_one_slice_sent_twice_at_once_is_stored_once(pages_server):
    token, data = opened(pages_server), b"0123456789abcdef" * 65536 * 4
    path = f"/uploads/{token}?offset=0&size={len(data) * 2}"

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: ask(pages_server, "PUT", path, data), range(2)))

    assert sorted(status for status, _ in answers) == [200, 409]
    assert {answer["received"] for _, answer in answers} == {len(data)}
    assert (pages_server.uploads / f"{token}.part").stat().st_size == len(data)


def test_a_slice_that_is_stored_already_says_where_to_go_on(pages_server):
    token = opened(pages_server)
    ask(pages_server, "PUT", f"/uploads/{token}?offset=0&size=6", b"abc")
    again = ask(pages_server, "PUT", f"/uploads/{token}?offset=0&size=6", b"abc")
    ask(pages_server, "PUT", f"/uploads/{token}?offset=3&size=6", b"def")
    last = ask(pages_server, "PUT", f"/uploads/{token}?offset=3&size=6", b"def")

    assert (again[0], again[1]["received"]) == (409, 3)
    assert last == (200, {"received": 6, "complete": True})
    assert (pages_server.uploads / token).read_bytes() == b"abcdef"


def test_a_damaged_slice_is_asked_for_again(pages_server):
    token = opened(pages_server)
    headers = {"X-Slice-SHA256": hashlib.sha256(b"abc").hexdigest()}

    damaged = ask(pages_server, "PUT", f"/uploads/{token}?offset=0&size=3", b"abx", headers)
    again = ask(pages_server, "PUT", f"/uploads/{token}?offset=0&size=3", b"abc", headers)

    assert (damaged[0], damaged[1]["received"]) == (409, 0)
    assert again == (200, {"received": 3, "complete": True})


def test_a_quarantine_that_is_not_there_is_explained(pages_server):
    home = open_home(pages_server.home)
    spec = DatasetSpec(name="fine", recipe=home.ingest.inspect(BytesIO(b"a,b\n1,2\n"), file_name="f.csv").recipe)
    home.catalog.save(spec, author="ada")
    batch = home.ingest.receive(spec, BytesIO(b"a,b\n1,2\n"), file_name="f.csv", author="ada").batch

    status, answer = ask(pages_server, "GET", f"/downloads/quarantine/{batch.id}.csv")

    assert status == 404
    assert answer["hint"]


def test_pages_that_cannot_be_imported_do_not_start(tmp_path, closed_port):
    for name in ("streamlit_app", "hestia_assets"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "streamlit_app" / "views" / "home.py").write_text("from streamlit_app.nowhere import nothing\n")
    environment = {**os.environ, "HESTIA_HOME": str(tmp_path / "home"), "HESTIA_UI_PORT": str(closed_port),
                   "PYTHONPATH": str(tmp_path)}  # fmt: skip

    ended = subprocess.run(
        [sys.executable, "-m", "streamlit_app.server"], cwd=tmp_path, env=environment, timeout=60,
        capture_output=True, check=False, text=True,
    )  # fmt: skip

    assert ended.returncode != 0
    assert "No module named 'streamlit_app.nowhere'" in ended.stderr + ended.stdout


def test_an_unknown_token_is_refused_with_a_hint(pages_server):
    status, answer = ask(pages_server, "PUT", f"/uploads/{'0' * 48}?offset=0&size=1", b"x")

    assert status == 404
    assert answer["hint"] == "Reload the page and choose the file again."


def test_a_file_that_is_too_large_is_refused_in_plain_words(pages_server):
    token = opened(pages_server)

    status, answer = ask(pages_server, "PUT", f"/uploads/{token}?offset=0&size={401 * MEGABYTE}", b"x")

    assert status == 413
    assert answer["message"] == "The file is larger than 400 MB, the largest this page accepts."


def test_more_bytes_than_announced_are_refused(pages_server):
    token = opened(pages_server)

    status, _ = ask(pages_server, "PUT", f"/uploads/{token}?offset=0&size=2", b"abcdef")

    assert status == 413


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_another_site_cannot_send_in_a_visitors_name(pages_server, headers):
    token = opened(pages_server)

    status, _ = ask(pages_server, "PUT", f"/uploads/{token}?offset=0&size=1", b"x", headers)

    assert status == 403
    assert (pages_server.uploads / f"{token}.part").stat().st_size == 0


def test_a_cancelled_upload_leaves_nothing(pages_server):
    token = opened(pages_server)
    ask(pages_server, "PUT", f"/uploads/{token}?offset=0&size=6", b"abc")

    status, _ = ask(pages_server, "DELETE", f"/uploads/{token}")

    assert status == 204
    assert [path for path in pages_server.uploads.iterdir() if path.name.startswith(token)] == []


def test_a_large_file_does_not_pass_through_memory(pages_server):
    size, token = 200 * MEGABYTE, opened(pages_server)
    process = psutil.Process(pages_server.process.pid)
    before, peak = process.memory_info().rss, 0

    def blocks() -> Iterator[bytes]:
        nonlocal peak
        for _ in range(200):
            yield b"0123456789abcdef" * 65536
            peak = max(peak, process.memory_info().rss)

    headers = {"Content-Length": str(size)}
    status, answer = ask(pages_server, "PUT", f"/uploads/{token}?offset=0&size={size}", blocks(), headers)

    assert (status, answer["complete"]) == (200, True)
    assert (pages_server.uploads / token).stat().st_size == size
    assert peak - before < 40 * MEGABYTE


@pytest.mark.parametrize("name", ["..%2F..%2Fhestia.db", "%2e%2e", ".hidden.part", "nothing.csv"])
def test_only_published_files_can_be_downloaded(pages_server, name):
    (pages_server.home / "exports" / "default").mkdir(parents=True, exist_ok=True)
    (pages_server.home / "exports" / "default" / ".hidden.part").write_text("unfinished")

    connection = http.client.HTTPConnection("127.0.0.1", pages_server.port, timeout=60)
    connection.request("GET", f"/downloads/exports/{name}")
    answer = connection.getresponse()

    assert answer.status in {400, 404} or b"SQLite" not in answer.read()


def test_a_published_file_is_downloaded_as_it_is(pages_server):
    folder = pages_server.home / "exports" / "default"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "revenue.csv").write_bytes(b"country,revenue\nDE,1.10\n")

    connection = http.client.HTTPConnection("127.0.0.1", pages_server.port, timeout=60)
    connection.request("GET", "/downloads/exports/revenue.csv")
    answer = connection.getresponse()

    assert answer.read() == b"country,revenue\nDE,1.10\n"
    assert "revenue.csv" in answer.headers["Content-Disposition"]


def test_a_page_opens_further_uploads_with_its_own(pages_server):
    token = opened(pages_server)

    status, answer = ask(pages_server, "POST", f"/uploads/{token}")
    sent = ask(pages_server, "PUT", f"/uploads/{answer['token']}?offset=0&size=3", b"abc")

    assert status == 200
    assert sent == (200, {"received": 3, "complete": True})


def test_nobody_opens_an_upload_without_a_page(pages_server):
    status, answer = ask(pages_server, "POST", f"/uploads/{'0' * 48}")

    assert (status, "token" in answer) == (404, False)


def test_another_site_cannot_open_an_upload(pages_server):
    status, _ = ask(pages_server, "POST", f"/uploads/{opened(pages_server)}", headers={"Sec-Fetch-Site": "cross-site"})

    assert status == 403


@pytest.mark.parametrize("place", ["originals/nothing", "accounts/nothing.csv"])
def test_a_download_of_a_batch_that_is_not_there_is_explained(pages_server, place):
    status, answer = ask(pages_server, "GET", f"/downloads/{place}")

    assert status == 404
    assert "nothing" in answer["message"]


def test_an_original_is_downloaded_byte_for_byte(pages_server):
    home, data = open_home(pages_server.home), b"no,name\r\n1,\xe4\r\n"
    spec = DatasetSpec(name="letters")
    home.catalog.save(spec, author="ada")
    batch = home.ingest.receive(spec, BytesIO(data), file_name="letters.csv", author="ada").batch
    connection = http.client.HTTPConnection("127.0.0.1", pages_server.port, timeout=60)

    connection.request("GET", f"/downloads/originals/{batch.id}")
    answer = connection.getresponse()

    assert answer.read() == data
    assert "letters.csv" in answer.headers["content-disposition"]
