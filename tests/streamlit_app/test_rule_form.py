"""The form of a rule: every rule has its inputs, the impact is shown first, changes are taken back."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
import streamlit as st
from processes import free_port
from streamlit.testing.v1 import AppTest

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.rules import Parameter
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Exemption, Recipe, Severity, Threshold
from streamlit_app.components.rule_groups import GROUPS, WHOLE, group_of, names_in
from streamlit_app.components.sentences import sentence, without_columns

COLUMNS = (
    Column(source="no", name="no"),
    Column(source="qty", name="qty", type=ColumnType.INTEGER),
    Column(source="day", name="day", type=ColumnType.DATE, format="%Y-%m-%d"),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hestia]:
    """One home for all: two files of orders, which has no rule."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HESTIA_HOME", str(tmp_path_factory.mktemp("rules") / "home"))
        patch.setenv("HESTIA_DAGSTER_PORT", str(free_port()))
        st.cache_resource.clear()
        opened = open_home()
        saved(opened)
        spec = spec_of(opened)
        for name in ("one", "two"):
            rows = "".join(f"{name}{n},{n},2024-01-0{n + 1}\n" for n in range(5))
            file = BytesIO(f"no,qty,day\n{rows}".encode())
            received = opened.ingest.receive(spec, file, file_name=f"{name}.csv", author="ada")
            opened.ingest.run(received.batch.id)
        yield opened
    st.cache_resource.clear()


def saved(home: Hestia, *checks: CheckSpec) -> None:
    """The dataset with these rules."""
    home.catalog.save(DatasetSpec(name="orders", recipe=Recipe(columns=COLUMNS), checks=checks), author="ada")


def spec_of(home: Hestia) -> DatasetSpec:
    """The dataset as it is saved."""
    found = home.catalog.get("dataset", "default", "orders").spec
    assert isinstance(found, DatasetSpec)
    return found


@pytest.fixture
def page(home: Hestia) -> Callable[[], AppTest]:
    """The dataset's page, where the tab with the rules is drawn too."""

    def opened() -> AppTest:
        app = AppTest.from_string("from streamlit_app.app import main\nmain(first='datasets')", default_timeout=120)
        app.query_params["dataset"] = "orders"
        return app.run()

    return opened


def said(app: AppTest) -> str:
    """What the page says, outside of tables."""
    kinds = ("markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    """Press the first button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


def labelled(elements, label: str):
    """The input whose label begins like this."""
    return next(element for element in elements if element.label.startswith(label))


def choose(app: AppTest, rule: str, *columns: str) -> AppTest:
    """A rule and its columns."""
    labelled(app.selectbox, "Rule").set_value(rule)
    if columns:
        labelled(app.multiselect, "Column").set_value(list(columns))
    return app.run()


def test_every_rule_has_a_group_and_a_sentence_and_every_kind_of_parameter_an_input(home, page):
    names = names_in(None)
    app = page()
    drawn: dict[str, set[str]] = {}
    asked = {name: {one.kind for one in home.rules.get(name).parameters.values()} for name in names}
    seen = set()
    for name in sorted(names, key=lambda name: -len(asked[name])):
        if asked[name] <= seen:  # every kind of input is drawn once
            continue
        seen |= asked[name]
        app = choose(app, name)
        kinds = (app.text_input, app.number_input, app.text_area, app.selectbox, app.multiselect, app.toggle)
        drawn[name] = {element.label for kind in kinds for element in kind}
        assert not app.exception, name

    assert set(names) == set(home.rules.names())
    assert {group_of(name) for name in names} == set(GROUPS)
    assert all(without_columns(name)[0].isalpha() for name in names)
    for name, labels in drawn.items():
        for parameter in home.rules.get(name).parameters.values():
            assert any(_meant(label, parameter) for label in labels), (name, parameter)


def _meant(label: str, parameter: Parameter) -> bool:
    return label.startswith(parameter.meaning.rstrip("."))


def test_a_rule_of_a_dataset_reads_as_a_demand_that_can_be_printed_bold(home):
    def demand(rule: str, columns: tuple[str, ...] = (), **params: object) -> str:
        return sentence(CheckSpec(rule=rule, columns=columns, params=params))

    assert demand("sql", expression="qty > 1") == "for each row must hold: `qty > 1`"
    assert demand("row_count", min=1, max=350) == "a file must have between 1 and 350 rows"
    assert demand("completeness", ("no",), values=["1"]) == "each of 1 must be there in no of a file"
    assert demand("matches", ("qty",), pattern="[a_b]") == "qty must look like `[a_b]`"


def test_the_impact_on_the_last_files_is_shown_before_a_rule_is_saved(home, page):
    saved(home)
    app = choose(page(), "in_range", "qty")
    asks = said(app)
    app = labelled(app.text_input, "The lowest").set_value("2").run()
    shown, before = said(app), spec_of(home).checks
    bars = next(frame.value for frame in app.dataframe if "Would fail" in frame.value.columns)
    app = press(app, "Add rule")

    assert "Give 'min', 'max' or both" in asks
    assert "It would set aside 4 rows** of the last 2 files" in shown
    assert before == ()
    assert dict(zip(bars["File"], bars["Would fail"], strict=True)) == {"two.csv": 2, "one.csv": 2}
    assert spec_of(home).checks == (CheckSpec(rule="in_range", columns=("qty",), params={"min": 2}),)
    assert "holds from the next file on" in said(app)


def test_a_rule_is_changed_with_threshold_and_owner_and_the_change_taken_back(home, page):
    old = CheckSpec(rule="in_range", columns=("qty",), params={"min": 2})
    saved(home, old)
    app = press(page(), "Change")
    values = labelled(app.text_input, "The lowest").value, labelled(app.multiselect, "Column").value
    labelled(app.number_input, "So many rows").set_value(3)
    labelled(app.number_input, "Such a share").set_value(5.0)
    labelled(app.text_input, "Who is asked").set_value("ada@example.org")
    labelled(app.selectbox, "When a row fails").set_value(Severity.WARN)
    app = press(app, "Save the rule")
    (new,) = spec_of(home).checks
    told = said(app)
    app = press(app, "Yes, undo it")

    assert values == ("2", ["qty"])
    assert (new.threshold, new.owner, new.severity) == (Threshold(rows=3, share=0.05), "ada@example.org", Severity.WARN)
    assert new.params == old.params
    assert "May fail: 3 rows or 5 % of the rows, whichever is less" in told
    assert spec_of(home).checks == (old,)
    assert "The rules are as they were before." in said(app)


def test_a_rule_on_days_takes_a_day_and_one_about_the_whole_file_rejects_no_row(home, page):
    saved(home)
    app = choose(page(), "greater_than", "day")
    days = [element.label for element in app.date_input]
    app = choose(app, "row_count")
    options = labelled(app.selectbox, "When the file fails").options

    assert days
    assert options == ["Only say so", "Hold the whole file"]
    assert group_of("row_count") == WHOLE


def test_a_rule_within_a_rule_is_asked_for_and_said(home, page):
    saved(home)
    app = choose(page(), "conditional")
    labelled_columns = [box for box in app.multiselect if box.label == "Column"]
    where, then = (box for box in app.selectbox if (box.key or "").endswith(("-if-rule", "-then-rule")))
    assert list(where.options) == sorted(where.options)
    where.set_value("not_null")
    then.set_value("greater_than")
    app = app.run()
    for box in app.multiselect:
        if (box.key or "").endswith(("-if-columns", "-then-columns")):
            box.set_value(["no"] if "-if-" in box.key else ["qty"])
    app = app.run()
    next(one for one in app.text_input if "greater_than-value" in (one.key or "")).set_value("2")
    app = press(app.run(), "Add rule")

    (check,) = spec_of(home).checks
    assert not labelled_columns
    assert check.columns == ("qty",)  # rows that fail it are listed by the column that is to be mended
    assert check.params["then"] == {"rule": "greater_than", "columns": ["qty"], "params": {"value": 2}}
    assert "qty must be greater than 2" in sentence(check).replace("\\", "")


def test_an_exception_is_shown_with_its_end_and_a_rule_that_is_there_is_refused(home, page):
    pardon = Exemption(match={"no": "one1"}, reason="agreed", by="ada", until="2031-12-31")
    saved(home, CheckSpec(rule="not_null", columns=("no",), exemptions=(pardon,)))
    shown = said(page())
    again = press(choose(page(), "not_null", "no"), "Add rule")

    assert "no = one1 may fail, until 31 Dec 2031.**" in shown
    assert "There is such a rule already" in said(again)
    assert len(spec_of(home).checks) == 1


def test_rules_of_another_tab_are_not_overwritten_and_nothing_typed_is_lost(home, page):
    bound = CheckSpec(rule="in_range", columns=("qty",), params={"min": 2})
    saved(home, bound)
    adds, changes = choose(page(), "not_null", "no"), press(page(), "Change")
    labelled(changes.text_input, "The lowest").set_value("3").run()
    theirs = bound.model_copy(update={"params": {"min": 1}})
    saved(home, theirs, CheckSpec(rule="unique", columns=("no",)))
    press(adds, "Add rule")
    changes = press(changes, "Save the rule")

    assert [check.rule for check in spec_of(home).checks] == ["in_range", "unique", "not_null"]
    assert spec_of(home).checks[0] == theirs
    assert "changed in another tab" in said(changes)
    press(changes, "Save the rule")
    assert spec_of(home).checks[0].params == {"min": 3}
