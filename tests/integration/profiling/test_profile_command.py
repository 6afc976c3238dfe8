"""``hestia profile``: the words of the page."""

import json
from io import BytesIO
from pathlib import Path

from typer.testing import CliRunner

from hestia_assets.bootstrap import open_home
from hestia_assets.cli.app import build_app
from hestia_assets.cli.output import print_table
from hestia_assets.core.specs import DatasetSpec


def test_what_a_file_holds_does_not_steer_the_terminal(capsys):
    print_table(("such as",), [("\x1b[2Jgone\x07",), ("two\nlines",)])

    said = capsys.readouterr().out
    assert "[U+001B][2Jgone[U+0007]" in said
    assert "\x1b" not in said and "two" in said


DATA = "id,status\n" + "".join(f"R-{n:02},{'open' if n % 3 else ''}\n" for n in range(30))


def test_a_profile_says_shapes_in_the_words_of_the_page(tmp_path: Path):
    home = open_home(tmp_path)
    spec = DatasetSpec(name="orders", recipe=home.ingest.inspect(BytesIO(DATA.encode()), file_name="a.csv").recipe)
    home.catalog.save(spec, author="test")
    empty = CliRunner().invoke(build_app(), ["--home", str(tmp_path), "profile", "orders"])
    home.ingest.run(home.ingest.receive(spec, BytesIO(DATA.encode()), file_name="a.csv", author="test").batch.id)

    said = CliRunner().invoke(build_app(), ["--home", str(tmp_path), "profile", "orders"]).stdout
    facts = json.loads(CliRunner().invoke(build_app(), ["--home", str(tmp_path), "profile", "orders", "--json"]).stdout)

    assert (empty.exit_code, "The profile begins with the first import." in empty.stdout) == (0, True)
    assert "1 letter, “-”, 2 digits (all, such as R-00)" in said
    assert "30 rows" in said
    ids, status = facts["columns"]
    assert (ids["distinct"], ids["looks_like"]) == (30, ["1 letter, “-”, 2 digits (all, such as R-00)"])
    assert ids["shapes"] == [{"text": "A-99", "rows": 30, "example": "R-00"}]
    wrong = CliRunner().invoke(build_app(), ["--home", str(tmp_path), "profile", "orders", "--batch", "nothere"])
    assert (wrong.exit_code, "There is no batch" in wrong.stderr) == (1, True)
    assert (status["nulls"], status["top"]) == (10, [["open", 20]])
