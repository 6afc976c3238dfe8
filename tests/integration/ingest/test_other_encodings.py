"""The same rows in another encoding are the same rows; a value is never read in an encoding that the file is not in."""

from io import BytesIO
from pathlib import Path

import pytest

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.access import LOCAL, Purpose
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import Column, DatasetSpec, Mode, Recipe

ROWS = "id;name\r\n" + "".join(f"{n};Zoë Groß{n}\r\n" for n in range(50))
COLUMNS = (Column(source="id", name="id"), Column(source="name", name="name"))


def opened(folder: Path, encoding: str, mode: Mode = Mode.UPSERT) -> Hestia:
    hestia = open_home(folder)
    recipe = Recipe(encoding=encoding, delimiter=";", columns=COLUMNS)
    hestia.catalog.save(DatasetSpec(name="people", recipe=recipe, mode=mode, primary_key=("id",)), author="ada")
    return hestia


def load(hestia: Hestia, data: bytes) -> Batch:
    spec = hestia.catalog.get("dataset", "default", "people").spec
    assert isinstance(spec, DatasetSpec)
    received = hestia.ingest.receive(spec, BytesIO(data), file_name="people.csv", author="ada")
    return hestia.ingest.run(received.batch.id)


@pytest.mark.parametrize("saved", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("sent", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_the_same_rows_in_another_encoding_change_nothing(tmp_path: Path, saved: str, sent: str):
    hestia = opened(tmp_path, saved)
    load(hestia, ROWS.encode(saved))

    again = load(hestia, ROWS.encode(sent))

    if again.sequence != 1:  # the very same bytes are the batch that exists
        assert again.changes is not None
        assert (again.changes.new, again.changes.changed, again.changes.same) == (0, 0, 50)
    assert again.rows_quarantined == 0


def test_a_few_broken_bytes_do_not_change_the_encoding(tmp_path: Path):
    hestia = opened(tmp_path, "utf-8", Mode.APPEND)

    batch = load(hestia, ROWS.encode() + b"99;caf\xe9\r\n")

    assert (batch.rows_loaded, batch.rows_quarantined) == (50, 1)


def test_text_in_utf_8_is_not_spoilt_by_a_recipe_of_windows_text(tmp_path: Path):
    hestia = opened(tmp_path, "cp1252", Mode.APPEND)

    load(hestia, ROWS.encode("utf-8"))

    ref = TableRef(Layer.VALIDATED, "default", "people")
    names = hestia.gate.read(LOCAL, ref, purpose=Purpose.PREVIEW).collect()["name"]
    assert names[0] == "Zoë Groß0"
    assert [event.details["encoding"] for event in hestia.audit.recent() if event.action == "batch.read_as"] == [
        "utf-8"
    ]
