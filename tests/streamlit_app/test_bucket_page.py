"""The Sources page with a real S3 server: an address is tried, saved, and its last fetch told."""

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import streamlit as st
from remote_places import KEY, SECRET, Bucket
from streamlit.testing.v1 import AppTest

from hestia_assets.core.specs import DatasetSpec, SourceSpec

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

ROWS = b"id,name\n1,Ada\n"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, s3_server: Callable[[], Bucket]) -> Bucket:
    """A bucket with two files and an empty one, of a server that this home knows."""
    found = s3_server()
    monkeypatch.setenv("HESTIA_S3_ENDPOINT_URL", found.endpoint)
    monkeypatch.setenv("HESTIA_S3_REGION", "us-east-1")
    monkeypatch.setenv("HESTIA_S3_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("HESTIA_S3_SECRET_ACCESS_KEY", SECRET)
    for key, body in (("daily/jan.csv", ROWS), ("daily/feb.csv", b"id,name\n2,Bob\n"), ("daily/none.csv", b"")):
        found.put(key, body)
    return found


@pytest.fixture
def home(bucket: Bucket, pages_home: "Hestia") -> "Hestia":
    """A home with the dataset people, opened after the server is known."""
    from hestia_assets.bootstrap import open_home

    st.cache_resource.clear()
    opened = open_home(pages_home.settings.home)
    recipe = opened.ingest.inspect(BytesIO(ROWS), file_name="people.csv").recipe
    opened.catalog.save(DatasetSpec(name="people", recipe=recipe), author="ada")
    return opened


def said(app: AppTest) -> str:
    """What the page says, outside of tables."""
    kinds = ("markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


def test_a_bucket_is_tried_saved_and_fetched(bucket: Bucket, home: "Hestia", open_page):
    app = open_page("sources")
    app = next(box for box in app.text_input if box.label == "Address").set_value(f"{bucket.url}/daily/").run()
    app = next(box for box in app.text_input if box.label == "Only names like").set_value("*.csv").run()

    app = press(app, "Try the address")
    tried = said(app)
    app = next(box for box in app.text_input if box.label == "Name of the source").set_value("deliveries").run()
    app = press(app, "Save")
    found = home.sources.fetch("deliveries", tenant="default", author="ada")
    fetched = said(open_page("sources"))

    assert "The address answers: 3 files seen." in tried
    saved = home.catalog.get("source", "default", "deliveries").spec
    assert isinstance(saved, SourceSpec)
    assert (saved.url, saved.pattern, saved.dataset) == (f"{bucket.url}/daily/", "*.csv", "people")
    assert [each.batch.file_name for each in found.received] == ["feb.csv", "jan.csv"]
    assert "2 files arrived" in fetched
    assert "none.csv** was not taken in: none.csv is empty." in fetched


@pytest.mark.usefixtures("home")
def test_a_bucket_that_is_not_there_is_explained(open_page):
    app = open_page("sources")
    app = next(box for box in app.text_input if box.label == "Address").set_value("s3://nowhere-at-all/x/").run()

    app = press(app, "Try the address")

    assert not app.exception
    assert "nowhere-at-all" in said(app)
    assert app.error
