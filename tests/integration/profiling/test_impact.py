"""What a rule would do to the last files is what a real import with the rule does."""

import random
from collections.abc import Sequence
from io import BytesIO

import pytest

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.access import LOCAL
from hestia_assets.core.results import Batch, Impact
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Mode, Recipe

COLUMNS = (
    Column(source="id", name="id", type="integer"),
    Column(source="city", name="city"),
    Column(source="zip", name="zip"),
    Column(source="qty", name="qty", type="integer"),
)
OWN = (
    CheckSpec(rule="in_range", columns=("qty",), params={"min": 0, "max": 90}),
    CheckSpec(rule="unique", columns=("id", "zip")),
)
CANDIDATES = (
    CheckSpec(rule="not_null", columns=("city",)),
    CheckSpec(rule="in_set", columns=("zip",), params={"values": ["1", "2", "3"]}, severity="warn"),
    CheckSpec(rule="in_range", columns=("qty",), params={"max": 50}, label="small"),
    CheckSpec(rule="unique", columns=("id",)),
    CheckSpec(rule="consistent_within", columns=("city",), params={"key": ["zip"], "filled": True}),
)


def dataset(name: str, *checks: CheckSpec) -> DatasetSpec:
    recipe = Recipe(columns=COLUMNS, chunk_bytes=1024)
    return DatasetSpec(name=name, recipe=recipe, checks=(*OWN, *checks))


def files() -> list[bytes]:
    """Three files with repeated ids, cities that disagree, and values that fail a type or the dataset's own checks."""
    luck = random.Random(4)
    made: list[bytes] = []
    for _ in range(3):
        rows = [
            f"{luck.randint(1, 150)},{luck.choice(['Bonn', 'Bonn', 'Köln', ''])},{luck.randint(1, 4)},"
            f"{luck.choice(['7', '60', 'many', '95'])}"
            for _ in range(80)
        ]
        made.append("\n".join(["id,city,zip,qty", *rows, ""]).encode())
    return made


def imported(home: Hestia, spec: DatasetSpec, some: Sequence[bytes]) -> list[Batch]:
    home.catalog.save(spec, author="test")
    done: list[Batch] = []
    for number, data in enumerate(some):
        received = home.ingest.receive(spec, BytesIO(data), file_name=f"{number}.csv", author="test")
        done.append(home.ingest.run(received.batch.id))
    return done


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Hestia:
    opened = open_home(tmp_path_factory.mktemp("impact"))
    imported(opened, dataset("orders"), files())
    return opened


def impact(home: Hestia, check: CheckSpec, **how: int) -> Impact:
    return home.profiles.impact(dataset("orders"), check, principal=LOCAL, **how)


def test_says_what_an_import_with_the_rule_rejects_batch_by_batch(home):
    told = {check.name: [one.failing for one in impact(home, check).batches][::-1] for check in CANDIDATES[:3]}

    real = imported(home, dataset("with_all", *CANDIDATES[:3]), files())

    failed = {check.name: [one.failed_rows for b in real for one in b.checks if one.name == check.name]
              for check in CANDIDATES[:3]}  # fmt: skip
    assert told == failed
    assert all(sum(counts) > 0 for counts in told.values())


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("check", CANDIDATES[3:], ids=lambda check: check.rule)
def test_says_of_a_rule_over_many_rows_what_an_import_of_the_newest_file_rejects(home, check, mode):
    spec = dataset(f"{mode}_{check.rule}").model_copy(update={"mode": mode, "primary_key": ("id",)})
    richer = spec.model_copy(update={"checks": (*spec.checks, check)})
    *before, last = files()
    for data in before:
        imported(home, spec, [data])

    (real,) = imported(home, richer, [last])
    told = home.profiles.impact(spec, check, principal=LOCAL, batches=1)

    (found,) = (one for one in real.checks if one.name == check.name)
    assert (told.rows, told.failing) == (found.checked_rows, found.failed_rows)
    assert told.sample["_row"].to_list()[:3] == [row.row for row in found.sample[:3]]
    assert told.failing or check.rule == "unique"


def test_keeps_the_first_failing_rows_with_their_text(home):
    found = impact(home, CANDIDATES[0], most=5)

    assert found.sample.columns == ["id", "city", "zip", "qty", "_batch", "_row", "_line"]
    assert found.sample["city"].to_list() == [""] * 5
    assert found.sample["_batch"].unique().to_list() == [found.batches[0].batch]
    assert found.failing > 5


def test_a_rule_that_cannot_run_is_a_problem_and_no_pass(home):
    pattern = impact(home, CheckSpec(rule="matches", columns=("city",), params={"pattern": "("}))
    column = impact(home, CheckSpec(rule="not_null", columns=("town",)))

    assert "no regular expression" in (pattern.problem or "")
    assert "no column 'town'" in (column.problem or "")
    assert (pattern.rows, column.rows) == (0, 0)


def test_a_dataset_without_files_has_no_impact(home):
    nothing = home.profiles.impact(dataset("unheard_of"), CANDIDATES[0], principal=LOCAL)

    assert (nothing.batches, nothing.problem, nothing.sample.height) == ((), None, 0)


def test_a_rule_about_whole_files_says_of_which_it_would_speak(home):
    few = CheckSpec(rule="row_count", params={"min": 1000}, severity="hold")
    enough = CheckSpec(rule="row_count", params={"min": 1}, severity="hold")

    spoken, quiet = impact(home, few), impact(home, enough)

    assert [bool(one.problem) for one in spoken.batches] == [True] * 3
    assert [bool(one.problem) for one in quiet.batches] == [False] * 3
    assert (spoken.failing, spoken.problem) == (0, None)


def test_a_rule_about_the_spread_of_values_compares_each_file_with_those_before_it(home):
    spec = dataset("spread").model_copy(update={"checks": ()})
    low, high = ("\n".join(["id,city,zip,qty", *(f"{n},Bonn,1,{add + n % 20}" for n in range(120)), ""]).encode()
                 for add in (0, 60))  # fmt: skip
    imported(home, spec, [low, high])
    check = CheckSpec(rule="distribution_drift", columns=("qty",), severity="warn")

    told = home.profiles.impact(spec, check, principal=LOCAL)

    assert [bool(one.problem) for one in told.batches] == [True, False]
