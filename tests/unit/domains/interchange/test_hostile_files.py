"""Files that are no rules, or that were made to do harm."""

import json

import pytest

from hestia_assets.core.errors import HestiaError, SpecError, UnknownPluginError

LAUGHS = b"a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + n, 98 + n, b", ".join([b"*%c" % (97 + n)] * 9)) for n in range(9)
)
MERGES = b"x: &a {k: 1}\n" + b"".join(
    b"%c: &%c\n  <<: [%s]\n" % (98 + n, 98 + n, b", ".join([b"*%c" % (97 + n)] * 9)) for n in range(9)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\x80abc", "no utf-8 text"),
        (b"\xff\xfea", "no utf-16 text"),
        (b"[" * 10_000, "nested"),
        (b'{"properties":' * 10_000, "nested"),
        (b"a: " + b"[" * 10_000, "nested"),
        (b"a: &a [*a]", "nested"),
        (LAUGHS, "more than 200,000 values"),
        (MERGES, "more than 200,000 values"),
        (b" " * 5_000_000, "5,000,000 bytes"),
        (b'{"properties": {}, "properties": {}}', "stands twice"),
        (b"models: []\nmodels: []", "stands twice"),
        (b"a: b: c", "neither JSON nor YAML"),
        (b"!!python/object/apply:os.system [x]", "neither JSON nor YAML"),
        (b"{a: 2020-13-45}", "impossible value"),
        (b"a: 1\n---\nb: 1", "neither JSON nor YAML"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "too long"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'"\\udc00": 1', "half a character"),
        (b'"text"', "in which language"),
        (b"[1]", "in which language"),
        (b'{"a": 1}', "in which language"),
    ],
)
def test_says_what_is_wrong_with_the_file(read, content, said):
    with pytest.raises(SpecError, match=said):
        read(content)


@pytest.mark.parametrize("language", ["json_schema", "table_schema", "dbt", "pandera_yaml"])
@pytest.mark.parametrize(
    "content", [b"[]", b"3", b'"x"', b"{}", b'{"columns": 3, "fields": {}, "models": {}, "properties": 3}',
                b'{"fields": [3], "models": [3], "columns": {"mail": null}, "required": []}']
)  # fmt: skip
def test_a_file_in_another_language_than_was_said_is_refused_or_says_nothing(read, language, content):
    try:
        found = read(content, language=language)
    except HestiaError:
        return
    assert {check.rule for check in found.checks} <= {"not_null"}


def test_other_encodings_are_read_by_their_marks(read):
    text = json.dumps({"required": ["mail"], "properties": {}})

    for encoding in ("utf-8-sig", "utf-16"):
        assert [check.name for check in read(text.encode(encoding)).checks] == ["not_null__mail"]


def test_anchors_are_followed(read):
    columns = "{name: mail, <<: *mine}, {name: state, <<: *mine}"
    text = f"x: &mine {{tests: [not_null]}}\nmodels: [{{name: orders, columns: [{columns}]}}]"

    assert [check.name for check in read(text).checks] == ["not_null__mail", "not_null__state"]


def test_languages_that_are_not_there_are_named_with_those_that_are(read, interchange, orders):
    with pytest.raises(UnknownPluginError):
        read("{}", language="avro")
    with pytest.raises(SpecError, match="not written") as refused:
        interchange.write(orders, language="dbt")
    assert "json_schema, table_schema" in refused.value.hint


def test_names_of_columns_are_matched_in_linear_time(read):
    pattern = "[a-z]*" * 40 + "!"  # searched with backtracking it takes longer than anybody lives
    content = {"schema_type": "dataframe", "columns": {pattern: {"regex": True}, "ma": {"regex": True}}}

    assert [check.name for check in read(json.dumps(content)).checks] == ["not_null__mail"]
