"""Rules of a stranger: the example of docs/how-to/rules.md, installed as a package, judges a file."""

import re
from io import BytesIO
from pathlib import Path

import pytest

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe
from hestia_assets.rules import RULES
from hestia_assets.settings import Settings

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "rules.md"
FILE = b"name,pieces\nanna,12\n,18\nmax,24\notto,7\nbob,\n"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's module and its entry points, where packages are; found as by a process that starts now."""
    blocks = dict(re.findall(r"```(python|toml)\n(.*?)```", PAGE.read_text("utf-8").partition("## Write")[2], re.S)[:2])
    packages = tmp_path / "packages"
    about = packages / "boxes-1.0.dist-info"
    about.mkdir(parents=True)
    (packages / "boxes.py").write_text(blocks["python"], "utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: boxes\nVersion: 1.0\n")
    points = blocks["toml"].partition("\n")[2].replace('"', "")
    (about / "entry_points.txt").write_text(f"[hestia_assets.rules]\n{points}")
    monkeypatch.syspath_prepend(packages)
    monkeypatch.setattr(RULES, "_found", None)
    monkeypatch.setattr(RULES, "_loaded", {})


@pytest.fixture
def home(tmp_path: Path) -> Hestia:
    return open_home(settings=Settings(home=tmp_path / "home"))


def orders(*checks: CheckSpec) -> DatasetSpec:
    columns = (Column(source="name", name="name"), Column(source="pieces", name="pieces", type="integer"))
    return DatasetSpec(name="boxes", recipe=Recipe(columns=columns), checks=checks)


@pytest.mark.usefixtures("installed")
def test_a_rule_from_another_package_sets_rows_aside_and_is_guarded_like_one_of_ours(home: Hestia):
    spec = orders(
        CheckSpec(rule="multiple", columns=("pieces",), params={"of": 6}),
        CheckSpec(rule="palindrome", columns=("name",)),
    )
    home.catalog.save(spec, author="ada")

    batch = home.ingest.receive(spec, BytesIO(FILE), file_name="boxes.csv", author="ada").batch
    done = home.ingest.run(batch.id)

    assert {"multiple", "palindrome"} <= set(home.rules.names())
    assert {check.rule: (check.failed_rows, [row.value for row in check.sample]) for check in done.checks} == {
        "multiple": (1, ["7"]),
        "palindrome": (1, ["max"]),
    }
    assert (done.account.loaded, done.account.quarantined) == (3, 2)

    with pytest.raises(SpecError, match="'0' is no size of a box"):
        home.catalog.save(orders(CheckSpec(rule="multiple", columns=("pieces",), params={"of": 0})), author="ada")
