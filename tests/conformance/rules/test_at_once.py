"""Chunks of one file are judged at once: what one thread does is no other's."""

from concurrent.futures import ThreadPoolExecutor

from hestia_assets.rules._json_schema import judge


def test_references_that_one_value_follows_are_not_counted_for_another():
    doubling = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(14)}
    fits = judge({"properties": {"k": {"$ref": "#/$defs/d0"}}, "$defs": doubling | {"d14": {"type": "integer"}}})

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(fits, [{"k": 1}, {"k": 2}])) == [True, True]
