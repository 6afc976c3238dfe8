"""Text whose columns were taken for others: a person says what divides them, and the file is looked into anew."""

from streamlit.testing.v1 import AppTest

LINES = [("00000001", "Müller", "1.234,50", "01.02.2021"), ("00000002", "Groß", "12,00", "17.05.2022"),
         ("00000042", "Lee", "-3,10", "09.09.2020")]  # fmt: skip
REPORT = "CUSTOMER  NAME        BALANCE  SINCE\n" + "".join(
    f"{number}  {name:<10}{balance:>9}  {since}\n" for number, name, balance, since in LINES
)


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


def divided(app: AppTest, value: str) -> AppTest:
    """Say what divides the columns."""
    return next(box for box in app.selectbox if box.label == "What divides the columns").set_value(value).run()


def names(app: AppTest) -> list[str]:
    """The columns of the table that the file would become."""
    editor = next(frame.value for frame in app.dataframe if "Written as" in frame.value.columns)
    return editor["Name"].to_list()


def test_a_report_is_cut_by_the_place_of_its_columns_and_back(open_page, pages_home):
    (pages_home.ingest.drop_folder("default", "balances") / "balances.txt").write_text(REPORT, encoding="utf-8")
    app = press(press(open_page("import"), "Take this file"), "Continue")

    by_place = names(divided(app, "fixed_width"))
    by_sign = names(divided(app, "csv"))

    assert not app.exception
    assert by_place == ["customer", "name", "balance", "since"]
    assert by_sign != by_place
