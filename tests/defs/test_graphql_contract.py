"""What the pages and the command line send to Dagster, held against the schema of the installed version.

To launch: ``launchRun`` with the selector location ``hestia``, repository ``__repository__`` and a job name. An
import of one batch adds ``ops.<tenant>__<dataset>.config.batch``; without it every batch that waits is taken.
"""

import pytest
from dagster_graphql.schema import create_schema
from graphql import parse, validate
from shop import orders

from hestia_assets.bootstrap import Hestia
from hestia_assets.cli.code_location import RELOAD as RELOAD_OF_THE_COMMAND_LINE
from hestia_assets.core.specs import ExportSpec, TransformSpec
from hestia_assets.definitions import build_definitions
from hestia_assets.defs.names import job_name, op_name
from streamlit_app import gateway

SENT = {**gateway.DOCUMENTS, "RELOAD_OF_THE_COMMAND_LINE": RELOAD_OF_THE_COMMAND_LINE}


@pytest.mark.parametrize("name", SENT)
def test_dagster_understands_what_we_send(name: str):
    errors = validate(create_schema().graphql_schema, parse(SENT[name]))

    assert errors == []


@pytest.mark.parametrize(
    "spec",
    [
        orders(),
        TransformSpec(name="totals", sql="select 1"),
        ExportSpec(name="totals", table="validated.orders"),
    ],
    ids=["dataset", "transform", "export"],
)
def test_pages_and_code_location_agree_on_job_names(spec):
    assert gateway.job_name(spec) == job_name(spec)


def test_the_batch_is_named_in_the_config_of_the_import(home: Hestia):
    home.catalog.save(orders(), author="ada")
    job = build_definitions(home).resolve_job_def(job_name(orders()))

    assert op_name(orders()) == "default__orders"
    assert [node.name for node in job.graph.nodes] == ["default__orders"]
    assert list(job.run_config_schema.config_type.fields["ops"].config_type.fields) == ["default__orders"]
