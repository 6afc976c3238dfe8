"""What a check's result says of its own counts."""

from hestia_assets.core.results import CheckResult
from hestia_assets.core.specs import Severity


def test_a_share_of_rows_that_is_a_whole_number_may_fail_to_the_last_row():
    for percent in range(101):
        result = CheckResult("any", "not_null", ("a",), Severity.WARN, 100, percent, most_share=percent / 100)

        assert (result.allowed_rows, result.passed) == (percent, True)
