"""Whatever bytes a text file holds: it is read under the guess and under every answer, or refused in words."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hestia_assets.core.errors import HeaderMismatchError, HestiaError, SpecError
from hestia_assets.core.ports import Format
from hestia_assets.core.results import LineAccount
from hestia_assets.formats.csv import FORMAT as CSV
from hestia_assets.formats.fixed_width import FORMAT as FIXED_WIDTH

signs = st.text(st.sampled_from(list("ab1,;|\t:~^\"'\\ \n\r#é¦\x01§þ0.\0")), max_size=60)
files = st.one_of(
    signs.map(str.encode),
    signs.map(lambda text: text.encode("cp1252", "replace")),
    signs.map(lambda text: text.encode("utf-16")),
    st.binary(max_size=60),
)


def read_in_every_way(kind: Format, data: bytes) -> None:
    kind.claim(data, file_name="noise.txt")
    found = kind.inspect(BytesIO(data), file_name="noise.txt")
    answers = [choice.changes for question in found.questions for choice in question.choices]
    for changes in [{}, *answers]:
        recipe = found.recipe.with_changes(changes)
        kind.columns(BytesIO(data), recipe)
        account = sum((chunk.account for chunk in kind.read(BytesIO(data), recipe)), LineAccount())
        assert account.balanced
        assert account.total > 0


@pytest.mark.parametrize("kind", [CSV, FIXED_WIDTH], ids=["csv", "fixed_width"])
@settings(max_examples=300, deadline=None)
@given(data=files)
def test_noise_is_read_under_every_answer_or_refused_in_words(kind, data):
    try:
        read_in_every_way(kind, data)
    except HestiaError as error:
        assert error.message
        assert error.hint
        assert not isinstance(error, HeaderMismatchError | SpecError)
