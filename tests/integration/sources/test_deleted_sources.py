"""A source is deleted: nothing is fetched any more, what it brought stays."""

from dataclasses import replace

import pytest
from remote_places import Web

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import LeaseHeldError, NotFoundError, SpecError
from hestia_assets.core.specs import DatasetSpec, SourceSpec

ROWS = b"day,rate\n2026-01-01,1.5\n"


@pytest.fixture
def bank(home: Hestia, web: Web, rates: DatasetSpec) -> SourceSpec:
    url = web.put("/rates.csv", ROWS, headers={"ETag": '"1"'})
    spec = SourceSpec(name="bank", dataset="rates", url=url, schedule="0 6 * * *")
    home.catalog.save(spec, author="ada")
    return spec


def test_what_a_deleted_source_brought_stays(home: Hestia, bank: SourceSpec):
    home.sources.fetch("bank", tenant="default", author="ada")

    deleted = home.catalog.delete("source", "default", "bank", author="bob")

    assert (deleted.last.spec, deleted.remembered) == (bank, 1)
    assert home.catalog.all("source") == []
    assert [batch.file_name for batch in home.batches.recent("default", "rates")] == ["rates.csv"]
    with pytest.raises(NotFoundError):
        home.sources.fetch("bank", tenant="default", author="ada")


def test_the_audit_trail_keeps_a_deleted_source(home: Hestia, bank: SourceSpec):
    home.catalog.delete("source", "default", "bank", author="bob")

    (event, *_) = home.audit.recent(subject="source/default/bank")
    assert (event.actor, event.action) == ("bob", "spec.deleted")
    assert SourceSpec(**event.details["spec"]) == bank


def test_a_new_source_of_the_same_name_fetches_everything(home: Hestia, bank: SourceSpec):
    home.sources.fetch("bank", tenant="default", author="ada")
    home.catalog.delete("source", "default", "bank", author="ada")
    home.catalog.save(bank, author="ada")

    found = home.sources.fetch("bank", tenant="default", author="ada")

    assert found.known == ()
    assert [each.known for each in found.received] == [True]


@pytest.mark.usefixtures("bank")
def test_a_source_is_not_deleted_while_it_is_fetched(home: Hestia):
    with home.sources.holding("source:default/bank", wait_seconds=1), pytest.raises(LeaseHeldError):
        home.catalog.delete("source", "default", "bank", author="ada")

    assert len(home.catalog.all("source")) == 1


def test_a_source_that_could_not_be_deleted_still_knows_what_it_fetched(home: Hestia, bank: SourceSpec):
    class CutOff:
        def __getattr__(self, name: str) -> object:
            return getattr(home.catalog.store, name)

        def delete(self, *_: str) -> None:
            raise RuntimeError("cut off")

    home.sources.fetch(bank.name, tenant="default", author="ada")
    with pytest.raises(RuntimeError):
        replace(home.catalog, store=CutOff()).delete("source", "default", bank.name, author="ada")

    assert len(home.sources.fetch(bank.name, tenant="default", author="ada").known) == 1


def test_a_dataset_is_not_deleted(home: Hestia, rates: DatasetSpec):
    with pytest.raises(SpecError, match="would belong to nothing"):
        home.catalog.delete("dataset", "default", "rates", author="ada")

    assert home.catalog.exists(rates)


def test_what_is_not_there_cannot_be_deleted(home: Hestia):
    with pytest.raises(NotFoundError):
        home.catalog.delete("source", "default", "nothing", author="ada")
