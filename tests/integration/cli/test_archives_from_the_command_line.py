"""Archives in which not every file is a table: what can be read is, and the rest is told."""

import zipfile
from pathlib import Path

import pytest

from hestia_assets import read_file
from hestia_assets.core.errors import ReadError

TABLE = "id,place\n1,Ulm\n2,Aalen\n"


def _zip(path: Path, files: dict[str, str], *, method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def _locked(path: Path) -> Path:
    """A zip whose only file says that it is encrypted."""
    data = bytearray(_zip(path, {"a.csv": TABLE}).read_bytes())
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    return path


def test_a_first_file_that_is_no_table_does_not_stop_a_new_dataset(facts, tmp_path: Path):
    inner = _zip(tmp_path / "inner.zip", {"x.csv": TABLE})
    source = tmp_path / "many.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.write(inner, "inner.zip")
        archive.writestr("picture.csv", b"\x89PNG\r\n\x1a\n")
        archive.writestr("orders.csv", TABLE)

    done = facts("import", source, "--dataset", "orders")

    loaded = [one for one in done if one.get("state") == "committed"]
    assert [one["rows"]["loaded"] for one in loaded] == [2]


def test_inspect_of_an_archive_goes_on_behind_an_archive_in_it(facts, tmp_path: Path):
    inner = _zip(tmp_path / "inner.zip", {"x.csv": TABLE})
    source = tmp_path / "many.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.write(inner, "inner.zip")
        archive.writestr("orders.csv", TABLE)

    first, second = facts("inspect", source)["files"]

    assert "archive in an archive" in first["error"]["message"]
    assert second["recipe"]["format"] == "csv"


@pytest.mark.parametrize("words", [("inspect",), ("import", "--dataset", "orders")])
def test_an_archive_with_a_password_is_told_so(facts, tmp_path: Path, words: tuple[str, ...]):
    done = facts(words[0], _locked(tmp_path / "locked.zip"), *words[1:])

    assert "password" in done["error"]["message"]


def test_archives_of_which_nothing_can_be_read_say_why_in_python_too(tmp_path: Path):
    other = _zip(tmp_path / "other.zip", {"a.csv": TABLE}, method=zipfile.ZIP_LZMA)

    with pytest.raises(ReadError, match="password"):
        read_file(_locked(tmp_path / "locked.zip"))
    with pytest.raises(ReadError, match="LZMA"):
        read_file(other)
    with pytest.raises(ReadError, match="is empty"):
        read_file(_zip(tmp_path / "empty.zip", {}))
