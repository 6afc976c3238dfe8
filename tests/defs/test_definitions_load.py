import itertools
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from shop import orders

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer
from hestia_assets.core.specs import (
    CheckSpec,
    Column,
    DatasetSpec,
    ExportSpec,
    Recipe,
    SourceSpec,
    Threshold,
    TransformSpec,
)
from hestia_assets.definitions import build_definitions
from hestia_assets.defs.lineage import _without_circles
from hestia_assets.defs.names import asset_key

ROOT = Path(__file__).parents[2]
ORDER = [Layer.LANDING, Layer.IMPORTED, Layer.VALIDATED, Layer.TRANSFORMED, Layer.EXPORTED]


@pytest.fixture
def whole_way(home: Hestia) -> Hestia:
    """A home with a dataset, two transforms in a row and an export."""
    home.catalog.save(orders(), author="ada")
    home.catalog.save(
        TransformSpec(name="totals", sql="select country, sum(quantity) as quantity from validated.orders group by 1"),
        author="ada",
    )
    home.catalog.save(TransformSpec(name="best", sql="select * from transformed.totals limit 3"), author="ada")
    home.catalog.save(ExportSpec(name="totals", table="transformed.totals"), author="ada")
    return home


def test_an_empty_home_loads(home: Hestia):
    definitions = build_definitions(home)

    dg.Definitions.validate_loadable(definitions)
    assert not definitions.resolve_asset_graph().get_all_asset_keys()
    assert {sensor.name for sensor in definitions.sensors or ()} == {
        "alerts",
        "corrections",
        "drop_folders",
        "failed_runs",
        "cancelled_runs",
    }


def test_only_who_has_a_bucket_waits_for_the_library_that_knows_buckets(home: Hestia):
    """It takes as long to load as Dagster itself, and every run and every reload loads what the code location needs."""
    load = "from hestia_assets.definitions import definitions; definitions()"
    code = f"import sys; {load}; print('dagster_aws' in sys.modules)"
    environment = os.environ | {"HESTIA_HOME": str(home.settings.home)}

    def loads() -> str:
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    home.catalog.save(orders(), author="ada")
    home.catalog.save(SourceSpec(name="web", dataset="orders", url="https://example.org/orders.csv"), author="ada")
    without = loads()
    home.catalog.save(SourceSpec(name="bucket", dataset="orders", url="s3://deliveries/daily/"), author="ada")

    assert (without, loads()) == ("False", "True")


def test_data_goes_one_way(whole_way: Hestia):
    graph = build_definitions(whole_way).resolve_asset_graph()
    way = [graph.get(dg.AssetKey([layer.value, "default", name])) for layer, name in _the_way()]

    assert all(node.key in after.parent_keys for node, after in itertools.pairwise(way))
    for key in graph.get_all_asset_keys():
        for parent in graph.get(key).parent_keys:
            assert _place(parent) <= _place(key), f"{parent} feeds {key}"


def _the_way() -> list[tuple[Layer, str]]:
    return [(layer, "totals" if layer in ORDER[3:] else "orders") for layer in ORDER]


def _place(key: dg.AssetKey) -> int:
    layer = Layer(key.path[0])
    return ORDER.index(Layer.VALIDATED if layer is Layer.QUARANTINE else layer)


def test_each_spec_has_its_job(whole_way: Hestia):
    jobs = {job.name for job in build_definitions(whole_way).resolve_all_job_defs()}

    assert jobs >= {
        "import_default__orders",
        "transform_default__totals",
        "transform_default__best",
        "export_default__totals",
    }


def test_originals_are_no_product_of_dagster_but_show_where_to_drop_files(whole_way: Hestia):
    node = build_definitions(whole_way).resolve_asset_graph().get(dg.AssetKey(["landing", "default", "orders"]))

    assert node.is_external
    assert node.metadata["hestia/drop_folder"].value.endswith("landing/default/incoming/orders")


def test_a_check_on_a_column_of_any_script_loads(home: Hestia):
    checks = tuple(CheckSpec(rule="not_null", columns=(name,)) for name in ("größe", "цена", "名前"))
    columns = tuple(Column(source=check.columns[0], name=check.columns[0]) for check in checks)
    home.catalog.save(DatasetSpec(name="shop", recipe=Recipe(columns=columns), checks=checks), author="ada")

    definitions = build_definitions(home)

    dg.Definitions.validate_loadable(definitions)
    assert len(definitions.resolve_asset_graph().asset_check_keys) == 6


def test_checks_that_bear_some_failing_rows_load(home: Hestia):
    limits = Threshold(rows=3), Threshold(share=0.2), Threshold(rows=3, share=0.2)
    checks = [
        CheckSpec(rule="not_null", columns=("order_id",), threshold=limit, label=f"limit_{number}")
        for number, limit in enumerate(limits)
    ]
    home.catalog.save(orders().model_copy(update={"checks": tuple(checks)}), author="ada")

    assert build_definitions(home).resolve_all_asset_specs()


def test_specs_that_read_each_other_do_not_take_the_others_down(home: Hestia):
    home.catalog.store.save(orders(), author="ada")
    home.catalog.store.save(TransformSpec(name="a", sql="select * from transformed.b"), author="ada")
    home.catalog.store.save(TransformSpec(name="b", sql="select * from transformed.a"), author="ada")
    home.catalog.store.save(TransformSpec(name="c", sql="select * from transformed.c"), author="ada")
    home.catalog.store.save(TransformSpec(name="d", sql="no query"), author="ada")
    home.catalog.store.save(ExportSpec(name="e", table="nothing"), author="ada")

    definitions = build_definitions(home)

    dg.Definitions.validate_loadable(definitions)
    assert asset_key(Layer.VALIDATED, orders()) in definitions.resolve_asset_graph().get_all_asset_keys()


def test_a_circle_loses_one_edge_only():
    a, b, c = (dg.AssetKey(name) for name in "abc")

    edges = _without_circles({a: {b}, b: {a, c}, c: set()})

    assert sum(map(len, edges.values())) == 2
    assert c in edges[b]


def test_dagster_itself_accepts_the_code_location(whole_way: Hestia):
    home = str(whole_way.settings.home.resolve())
    environment = {**os.environ, "HESTIA_HOME": home, "DAGSTER_HOME": f"{home}/dagster"}
    dagster = (sys.executable, "-m", "dagster")

    validated = _run(*dagster, "definitions", "validate", "-w", str(ROOT / "workspace.yaml"), env=environment)
    listed = _run(*dagster, "asset", "list", "-m", "hestia_assets.definitions", env=environment)

    assert validated.returncode == 0, validated.stderr
    assert "exported/default/totals" in listed.stdout.split()


def _run(*command: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
