"""Rules that rows suggest: each says what is true of the rows, and none is said of what is chance."""

import random
from datetime import date, timedelta
from io import BytesIO

import pytest

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.access import LOCAL
from hestia_assets.core.results import Suggestion
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Severity

ROWS = 400
ORDERS = "order,customer,status,email,country,qty,net,tax,gross,ordered,delivered,plz,city,note,code"
CITIES = {f"{53100 + n * 7}": f"Town {n % 30}" for n in range(40)}


def orders() -> bytes:
    """Clean but for one row in each way: a wrong status, an empty e-mail, a town that is not that of its post code."""
    luck = random.Random(3)
    lines = [ORDERS]
    for n in range(ROWS):
        plz = luck.choice(list(CITIES))
        city = "Elsewhere" if n == 7 else CITIES[plz]
        net, tax = luck.randint(100, 90_000), luck.randint(1, 9_000)
        money = [f"{cents // 100}.{cents % 100:02}" for cents in (net, tax, net + tax)]
        ordered = date(2025, 1, 1) + timedelta(days=luck.randint(0, 300))
        fields = [
            f"ORD-{n * 13 % 10_000:05}",
            f"C{luck.randint(1, 60)}",
            "opne" if n == 9 else luck.choice(["open", "paid", "sent"]),
            "" if n == 11 else f"person{n % 90}@example.org",
            luck.choice(["DE", "FR", "US", "NL"]),
            str(luck.randint(1, 70)),
            *money,
            ordered.isoformat(),
            (ordered + timedelta(days=luck.randint(0, 9))).isoformat(),
            plz,
            city,
            luck.choice(["", "", "call first", f"gate {luck.randint(1, 999)}"]),
            "".join(luck.choice("abcdef0123456789") for _ in range(12)),
        ]
        lines.append(",".join(fields))
    return "\n".join([*lines, ""]).encode()


def customers() -> bytes:
    return "\n".join(["id,name", *(f"C{n},Customer {n}" for n in range(1, 81)), ""]).encode()


def imported(home: Hestia, name: str, data: bytes, **how: object) -> DatasetSpec:
    recipe = home.ingest.inspect(BytesIO(data), file_name=f"{name}.csv").recipe
    spec = DatasetSpec(name=name, recipe=recipe, **how)
    home.catalog.save(spec, author="test")
    received = home.ingest.receive(spec, BytesIO(data), file_name=f"{name}.csv", author="test")
    home.ingest.run(received.batch.id)
    return spec


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Hestia:
    opened = open_home(tmp_path_factory.mktemp("suggest"))
    imported(opened, "customers", customers(), primary_key=("id",))
    return opened


@pytest.fixture(scope="module")
def spec(home) -> DatasetSpec:
    return imported(home, "orders", orders())


@pytest.fixture(scope="module")
def found(home, spec) -> dict[tuple[str, tuple[str, ...]], Suggestion]:
    return {(one.check.rule, one.check.columns): one for one in home.profiles.suggest(spec, principal=LOCAL)}


def test_suggests_what_holds_with_its_evidence(found):
    told = {key: one.evidence for key, one in found.items()}

    assert told["unique", ("order",)] == "400 of 400 values are different."
    assert told["not_null", ("order",)] == "All 400 rows have a value."
    assert told["not_null", ("email",)] == "399 of 400 rows have a value."
    assert told["email", ("email",)] == "399 of 399 values are e-mail addresses."
    assert told["iso_country", ("country",)] == "400 of 400 values are ISO country codes."
    assert told["compare_columns", ("ordered", "delivered")].startswith("In 400 of 400 rows with both")
    assert told["sum_of_columns", ("net", "tax")] == "In 400 of 400 rows net and tax make gross."
    assert told["foreign_key", ("customer",)] == "400 of 400 values are in id of customers, which has 80 rows."
    assert told["length", ("code",)] == "400 of 400 values have 12 characters."
    assert "no_future_date" in {rule for rule, _ in told}
    assert "make up 399 of 400" in told["in_set", ("status",)]
    assert told["matches", ("order",)].startswith("400 of 400 values look like AAA-99999")
    assert found["matches", ("order",)].check.params == {"pattern": r"[A-Z]{3}\-\d{5}"}
    assert found["sum_of_columns", ("net", "tax")].check.params["total"] == "gross"


def test_shows_the_rows_that_contradict_a_rule_and_then_only_warns(found):
    status, city = found["in_set", ("status",)], found["consistent_within", ("city",)]

    assert (status.failing, status.examples, status.check.severity) == (1, ("opne",), Severity.WARN)
    assert (city.failing, city.examples, city.check.severity) == (1, ("Elsewhere",), Severity.WARN)
    assert city.check.params["key"] == ["plz"]


def test_every_claim_is_what_the_rule_says_of_the_file(home, spec, found):
    told = {one.check.name: (one.rows, one.failing) for one in found.values()}

    impacts = [home.profiles.impact(spec, one.check, principal=LOCAL) for one in found.values()]

    assert {one.check.name: (one.rows, one.failing) for one in impacts} == told
    assert not any(one.problem for one in impacts)


def test_does_not_suggest_what_is_chance(found):
    assert not {key for key in found if key[1] == ("note",) and key[0] != "length"}
    assert not {key for key in found if key[0] == "consistent_within"} - {("consistent_within", ("city",))}
    assert not {key for key in found if key[0] == "unique"} - {("unique", ("order",)), ("unique", ("code",))}


def test_is_a_handful_for_each_column_the_surest_first(home, spec):
    suggestions = home.profiles.suggest(spec, principal=LOCAL)
    sure = [one.sure for one in suggestions]

    assert sure == sorted(sure, reverse=True)
    assert max(sum(one.check.columns[0] == name for one in suggestions) for name in ORDERS.split(",")) <= 5


def test_suggests_no_check_that_the_dataset_has_and_can_save_every_one(home, spec, found):
    checks = tuple(one.check for one in found.values())
    richer = spec.model_copy(update={"checks": checks})

    home.catalog.save(richer, author="test")

    assert home.profiles.suggest(richer, principal=LOCAL) == ()


def test_says_nothing_of_few_rows_or_of_none(home, spec):
    few = imported(home, "few", b"a,b\n1,2\n3,4\n")

    assert home.profiles.suggest(few, principal=LOCAL) == ()
    assert home.profiles.suggest(spec.model_copy(update={"name": "nothing"}), principal=LOCAL) == ()


def test_two_columns_that_together_name_a_row_are_a_key(home):
    rows = [f"{branch},{day},{branch * 31 % 7}" for branch in range(1, 8) for day in range(1, 15)]
    spec = imported(home, "pairs", "\n".join(["branch,day,sold", *rows, ""]).encode())

    found = {(one.check.rule, one.check.columns) for one in home.profiles.suggest(spec, principal=LOCAL)}

    assert ("unique", ("branch", "day")) in found


def test_a_check_under_the_same_name_is_not_suggested_again(home, spec):
    own = CheckSpec(rule="in_set", columns=("status",), params={"values": ["open"]})

    left = home.profiles.suggest(spec.model_copy(update={"checks": (own,)}), principal=LOCAL)

    assert own.name not in {one.check.name for one in left}
