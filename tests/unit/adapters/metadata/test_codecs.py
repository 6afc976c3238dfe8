"""Whatever the domains hand in comes back equal, through the JSON text that is stored."""

import json
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from hestia_assets.adapters.metadata import codecs
from hestia_assets.core.results import (
    ACCOUNT_PARTS,
    BatchPart,
    BatchProfile,
    CheckResult,
    Choice,
    ColumnProfile,
    DriftFinding,
    DriftKind,
    FailedRow,
    LineAccount,
    Position,
    Problem,
    StagedFile,
)
from hestia_assets.core.specs import Severity

COUNTS = st.integers(min_value=0, max_value=2**63 - 1)
TEXTS = st.text(st.characters(exclude_categories=()))  # with NUL and lone surrogates
ACCOUNTS = st.builds(LineAccount, **dict.fromkeys(("total", *ACCOUNT_PARTS), COUNTS))
POSITIONS = st.builds(Position, COUNTS, COUNTS, COUNTS)
CHECKS = st.lists(
    st.builds(
        CheckResult,
        name=TEXTS,
        rule=TEXTS,
        columns=st.lists(TEXTS, max_size=3).map(tuple),
        severity=st.sampled_from(Severity),
        checked_rows=COUNTS,
        failed_rows=COUNTS,
        sample=st.lists(st.builds(FailedRow, COUNTS, COUNTS, st.none() | TEXTS), max_size=3).map(tuple),
    ),
    max_size=3,
).map(tuple)
FILES = st.dictionaries(TEXTS, st.builds(StagedFile, TEXTS, COUNTS, COUNTS), max_size=3)
PARTS = st.builds(BatchPart, TEXTS, COUNTS, POSITIONS, POSITIONS, ACCOUNTS, FILES, CHECKS)


def _stored(body):
    return json.loads(json.dumps(body))


@given(CHECKS)
def test_checks_come_back_equal(checks):
    again = codecs.checks_from_json(_stored(codecs.checks_to_json(checks)))

    assert again == checks
    assert all(type(check.severity) is Severity for check in again)


@given(ACCOUNTS)
def test_accounts_come_back_equal(account):
    assert codecs.account_from_json(_stored(codecs.account_to_json(account))) == account


@given(st.none() | st.builds(Problem, TEXTS, TEXTS, TEXTS))
def test_problems_come_back_equal(problem):
    assert codecs.problem_from_json(_stored(codecs.problem_to_json(problem))) == problem


@given(PARTS)
def test_parts_come_back_equal(part):
    assert codecs.part_from_json(part.batch, part.number, _stored(codecs.part_to_json(part))) == part


CHOICES = st.builds(
    Choice,
    label=TEXTS,
    because=TEXTS,
    changes=st.dictionaries(TEXTS, st.none() | TEXTS | st.lists(TEXTS, max_size=2), max_size=2),
)
FINDINGS = st.lists(
    st.builds(
        DriftFinding, st.sampled_from(DriftKind), TEXTS, TEXTS, st.lists(CHOICES, max_size=2).map(tuple), source=TEXTS
    ),
    max_size=3,
).map(tuple)


@given(FINDINGS)
def test_what_drifted_comes_back_equal(findings):
    again = codecs.drift_from_json(_stored(codecs.drift_to_json(findings)))

    assert again == findings
    assert all(type(finding.kind) is DriftKind for finding in again)


AMOUNTS = (
    st.none()
    | COUNTS
    | st.floats(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC))
)
PROFILES = st.builds(
    BatchProfile,
    COUNTS,
    st.dictionaries(TEXTS, st.builds(ColumnProfile, COUNTS, AMOUNTS, AMOUNTS, COUNTS), max_size=3),
    st.none() | COUNTS,
)


@given(st.none() | PROFILES)
def test_figures_of_a_file_come_back_equal(profile):
    again = codecs.profile_from_json(_stored(codecs.profile_to_json(profile)))

    assert again == profile
    assert _kinds(again) == _kinds(profile)


def _kinds(profile):
    """What a number is, which ``==`` does not tell."""
    return [type(column.minimum) for column in profile.columns.values()] if profile else []
