"""The Import page where a column of a known dataset has got another type."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from hestia_assets.core.specs import ColumnType, DatasetSpec

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

ROWS = b"id;amount\n1;1.50\n2;2.25\n"


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


@pytest.fixture
def dropped(pages_home: "Hestia") -> Path:
    """A second file of a dataset whose amounts are to be text from now on."""
    path = pages_home.ingest.drop_folder("default", "sales") / "sales.csv"
    path.write_bytes(ROWS)
    with path.open("rb") as source:
        recipe = pages_home.ingest.inspect(source, file_name="sales.csv").recipe
    spec = DatasetSpec(name="sales", recipe=recipe)
    pages_home.catalog.save(spec, author="ada")
    with path.open("rb") as source:
        batch = pages_home.ingest.receive(spec, source, file_name="sales.csv", author="ada").batch
    pages_home.ingest.run(batch.id)
    columns = tuple(one.model_copy(update={"type": ColumnType.TEXT}) for one in recipe.columns)
    changed = recipe.model_copy(update={"columns": columns})
    pages_home.catalog.save(spec.model_copy(update={"recipe": changed}), author="ada")
    path.write_bytes(ROWS + b"3;about 3\n")
    return path


def test_the_rows_that_will_be_read_again_are_named(open_page, dropped):
    app = press(press(open_page("import"), "Take this file"), "Continue")
    told = "\n".join(info.value for info in app.info)

    assert not app.exception and not app.error
    assert "2 rows of the table will be read again" in told
    assert "**amount** as text (now decimal with 2 places)" in told
    assert not next(button for button in app.button if button.label == "Import now").disabled
