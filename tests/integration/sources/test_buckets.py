"""Files from a bucket: each object once by key and version, one bad object stops nobody, a cut-off fetch goes on."""

from typing import Any

import pytest
from remote_places import Bucket

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.errors import FetchError, NotFoundError
from hestia_assets.core.specs import DatasetSpec, SourceSpec
from hestia_assets.settings import Settings


def rows(day: int) -> bytes:
    return b"day,rate\n2026-01-%02d,1.5\n" % day


@pytest.fixture
def home(settings: Settings, bucket: Bucket) -> Hestia:
    return open_home(settings=bucket.settings(settings, max_file_mb=1))


@pytest.fixture
def source(home: Hestia, bucket: Bucket, rates: DatasetSpec) -> SourceSpec:
    spec = SourceSpec(name="lake", dataset="rates", url=f"{bucket.url}/daily/", pattern="*.csv")
    home.catalog.save(spec, author="ada")
    return spec


def fetch(home: Hestia) -> Any:
    return home.sources.fetch("lake", tenant="default", author="ada")


def test_each_object_is_taken_once_and_a_changed_one_again(home: Hestia, bucket: Bucket, source: SourceSpec):
    for day in (1, 2):
        bucket.put(f"daily/{day}.csv", rows(day))
    bucket.put("daily/2026/3.csv", rows(3))
    bucket.put("daily/readme.md", b"no rates")
    bucket.put("weekly/1.csv", rows(9))
    bucket.put("daily/folder/", b"")

    first, second = fetch(home), fetch(home)
    bucket.put("daily/1.csv", rows(11))
    third = fetch(home)

    assert sorted(each.batch.file_name for each in first.received) == ["1.csv", "2.csv", "3.csv"]
    assert (second.received, len(second.known)) == ((), 3)
    assert [each.batch.file_name for each in third.received] == ["1.csv"]
    assert len(third.known) == 2


def test_a_bad_object_is_named_and_does_not_stop_the_others(home: Hestia, bucket: Bucket, source: SourceSpec):
    bucket.put("daily/1.csv", rows(1))
    bucket.put("daily/empty.csv", b"")
    bucket.put("daily/large.csv", b"x" * 1_000_001)

    result = fetch(home)

    assert [each.batch.file_name for each in result.received] == ["1.csv"]
    assert {each.name: each.why.split(" ", 1)[1][:9] for each in result.skipped} == {
        "empty.csv": "is empty.",
        "large.csv": "is larger",
    }


def test_what_a_person_can_mend_elsewhere_is_asked_for_again(
    home: Hestia, bucket: Bucket, source: SourceSpec, settings: Settings
):
    bucket.put("daily/1.csv", rows(1))
    bucket.put("daily/empty.csv", b"")
    bucket.put("daily/large.csv", b"day,rate\n" + b"2026-01-01,1.5\n" * 80_000)
    fetch(home)

    again = fetch(home)
    larger = fetch(open_home(settings=bucket.settings(settings, max_file_mb=10)))

    assert [each.name for each in again.skipped] == ["large.csv"]
    assert [each.batch.file_name for each in larger.received] == ["large.csv"]


def test_a_fetch_that_was_cut_off_goes_on_where_it_was(home: Hestia, bucket: Bucket, source: SourceSpec):
    bucket.put("daily/1.csv", rows(1))
    fetch(home)
    bucket.put("daily/2.csv", rows(2))

    assert [file.name for file in home.sources.unseen(source)] == ["2.csv"]
    assert [each.batch.file_name for each in fetch(home).received] == ["2.csv"]


def test_one_object_can_be_named(home: Hestia, bucket: Bucket):
    url = bucket.put("daily/1.csv", rows(1))
    bucket.put("daily/1.csv.bak", rows(2))

    (file,) = home.sources.files(url)

    assert file.name == "1.csv"


def test_many_objects_are_listed_over_many_pages(home: Hestia, bucket: Bucket):
    for number in range(1_005):
        bucket.put(f"many/{number}.csv", b"x")

    assert len(home.sources.files(f"{bucket.url}/many/")) == 1_005
    assert len(home.sources.check(f"{bucket.url}/many/")) == 20


def test_a_bucket_that_is_not_there_is_told_in_words(home: Hestia, rates: DatasetSpec):
    with pytest.raises(FetchError, match="There is no bucket"):
        home.sources.check("s3://elsewhere/x/")


def test_a_source_without_a_dataset_is_refused_when_it_is_fetched(home: Hestia, bucket: Bucket):
    home.catalog.save(SourceSpec(name="lake", dataset="nothing", url=f"{bucket.url}/x/"), author="ada")

    with pytest.raises(NotFoundError, match="no dataset called 'nothing'"):
        fetch(home)
