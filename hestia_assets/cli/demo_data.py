"""A shop's files as they really arrive, from a seed: dirty on purpose.

Each of them knows its own truth (``DemoFile.truth``): how many lines of which kind, which rows are bad, why.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from hestia_assets.cli.demo_sheet import DemoFile, Row, Sheet, Spoiler

DAYS = 365
FIRST_DAY = date(2025, 1, 1)
RATES = {"EUR": 1.0, "USD": 0.92, "GBP": 1.17, "CHF": 1.05, "NAD": 0.05}
COUNTRIES = ("DE", "FR", "GB", "US", "CH", "ES", "NA")
"""NA is Namibia, not a missing value."""
STATES = ("paid", "shipped", "returned", "cancelled")
CATEGORIES = ("garden", "kitchen", "lighting", "office", "toys")
CITIES = {
    "DE": ("Köln", "München", "Görlitz"),
    "FR": ("Besançon", "Orléans", "Nîmes"),
    "GB": ("York", "Leeds", "St Ives"),
    "US": ("Boston", "El Paso", "San José"),
    "CH": ("Zürich", "Genève", "Chur"),
    "ES": ("Málaga", "A Coruña", "León"),
    "NA": ("Windhoek", "Lüderitz", "Swakopmund"),
}
FIRST_NAMES = (
    "Zoë",
    "José",
    "Anaïs",
    "Jürgen",
    "Šimon",
    "Chloé",
    "Ada",
    "Grace",
    "Iñigo",
    "Œnone",
    "Björn",
    "Mary",
)
LAST_NAMES = (
    "O'Brien",
    "Müller",
    "Lefèvre",
    "García",
    "Smith",
    "Žižka",
    "D\u2019Arcy",
    "Groß",
    "Jones",
    "van Wyk",
)
NOTES = (
    "",
    "",
    "",
    "",
    "gift",
    "fragile",
    "call first",
    'says "urgent"',
    "leave at door, ring twice",
    "2nd floor\nleft",
)


def _with(**values: str) -> Spoiler:
    return lambda row, _random: {**row, **values}


def _one_of(column: str, *values: str) -> Spoiler:
    return lambda row, random: {**row, column: random.choice(values)}


def _cut(sheet: Sheet, fields: int) -> Spoiler:
    """The row without its last fields, as when a disk was full."""
    return lambda row, _random: sheet.line(row | {"note": ""}).rsplit(sheet.delimiter, fields)[0]


def _stretched(sheet: Sheet, *extra: str) -> Spoiler:
    """The row with fields too many, as when a delimiter stood in a value."""
    return lambda row, _random: sheet.delimiter.join((sheet.line(row), *extra))


def _day(random: Random) -> str:
    return (FIRST_DAY + timedelta(days=random.randrange(DAYS))).isoformat()


def product_codes(count: int) -> list[str]:
    """Codes that look like numbers and are none: 12E4, 00017."""
    return [f"{10 + i}E{i % 9}" if i % 3 == 0 else f"{i:05d}" for i in range(count)]


def make_products(random: Random, count: int) -> DemoFile:
    """Products: byte order mark, comment lines, codes that must stay text."""
    sheet = Sheet(("product_code", "product", "category", "price", "currency"), random)

    def row(code: str) -> Row:
        category = random.choice(CATEGORIES)
        price = f"{random.randint(150, 25_000) / 100:.2f}"
        return {
            "product_code": code,
            "product": f"{category} item, no. {code}",
            "category": category,
            "price": price,
            "currency": random.choice(list(RATES)),
        }

    codes = product_codes(count)
    sheet.add(row(code) for code in codes)
    sheet.spoil([row(f"X{i:04d}") for i in range(4)], "in_range", _one_of("price", "-1.00", "0.00"))
    sheet.spoil([row(f"Y{i:04d}") for i in range(3)], "type", _one_of("price", "12,-", "on request"))
    sheet.repeat(3)
    sheet.sprinkle("# spring catalogue", "comment", 4)
    return sheet.finish("products.csv", encoding="utf-8-sig")


def make_customers(random: Random, count: int) -> DemoFile:
    """Customers: Windows bytes, semicolons, CRLF, postcodes with leading zeros, short rows."""
    sheet = Sheet(("customer_id", "name", "country", "postcode", "city", "email", "note"), random, delimiter=";")

    def row(number: int) -> Row:
        country = random.choice(COUNTRIES)
        return {
            "customer_id": f"{number:07d}",
            "name": f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}",
            "country": country,
            "postcode": f"{random.randint(501, 99_950):05d}",
            "city": random.choice(CITIES[country]),
            "email": f"c{number}@example.org",
            "note": random.choice(("", "", "pays in €", "since 1998")),
        }

    sheet.add(row(number) for number in range(1, count + 1))
    spare = iter(range(count + 1, count + 1000))
    sheet.spoil([row(next(spare)) for _ in range(9)], "not_null", _with(name=""))
    sheet.spoil([row(next(spare)) for _ in range(7)], "in_set", _one_of("country", "XX", "Germany"))
    sheet.spoil([row(next(spare)) for _ in range(5)], "matches", _one_of("postcode", "1234", "ABCDE"))
    sheet.spoil([row(next(spare)) for _ in range(6)], "ragged", _cut(sheet, 3))
    sheet.warn([row(next(spare)) for _ in range(8)], "matches", _one_of("email", "none", "c(at)example.org"))
    sheet.sprinkle("", "blank", 5)
    return sheet.finish("customers.csv", encoding="cp1252", newline="\r\n")


def make_rates(random: Random) -> DemoFile:
    """Currency rates: a title block above the header, impossible dates, two columns as key."""
    sheet = Sheet(("rate_date", "currency", "euro"), random)
    days = [FIRST_DAY + timedelta(days=i) for i in range(DAYS)]
    good = [
        {"rate_date": day.isoformat(), "currency": name, "euro": f"{rate * random.uniform(0.97, 1.03):.4f}"}
        for day in days
        for name, rate in RATES.items()
    ]
    sheet.add(good)
    next_year = [{**row, "rate_date": row["rate_date"].replace("2025", "2026")} for row in random.sample(good, 10)]
    sheet.spoil(next_year[:6], "type", _one_of("rate_date", "2025-02-30", "30.06.25", "n/a"))
    sheet.spoil(next_year[6:], "in_range", _one_of("euro", "-1.0000", "92.1000"))
    sheet.repeat(5)
    return sheet.finish("currency_rates.csv", preamble=("Reference rates of the bank", "Source: treasury desk"))


def make_orders(random: Random, count: int, *, products: int, customers: int) -> DemoFile:
    """Orders: title block, line breaks in notes, ragged rows, one quote that never closes."""
    sheet = Sheet(("order_id", "customer_id", "product_code", "order_date", "quantity", "status", "note"), random)
    codes = product_codes(products)
    numbers = iter(range(1, count + 1000))

    def row() -> Row:
        return {
            "order_id": f"{next(numbers):08d}",
            "customer_id": f"{random.randint(1, customers):07d}",
            "product_code": random.choice(codes),
            "order_date": _day(random),
            "quantity": str(random.randint(1, 40)),
            "status": random.choice(STATES),
            "note": random.choice(NOTES),
        }

    sheet.add(row() for _ in range(count))
    sheet.spoil([row() for _ in range(25)], "in_range", _one_of("quantity", "0", "-3", "4000"))
    sheet.spoil([row() for _ in range(18)], "type", _one_of("order_date", "2025-02-30", "31/06/2025", "soon"))
    sheet.spoil([row() for _ in range(12)], "type", _one_of("quantity", "two", "1.5", "7 pcs"))
    sheet.spoil([row() for _ in range(15)], "not_null", _with(customer_id=""))
    sheet.spoil([row() for _ in range(10)], "in_set", _one_of("status", "lost", "PAID?"))
    sheet.spoil([row() for _ in range(9)], "ragged", _cut(sheet, 2))
    sheet.spoil([row() for _ in range(8)], "ragged", _stretched(sheet, "x", "y"))
    sheet.repeat(20)
    sheet.sprinkle("", "blank", 6)
    unclosed = [row() | {"note": ""}]
    sheet.spoil(unclosed, "bad_quote", lambda made, _random: sheet.line(made) + '"ring twice')
    preamble = ("Orders of the web shop", "Exported 2026-01-02 06:00", "Confidential")
    return sheet.finish("orders.csv", preamble=preamble)


def make_files(*, seed: int = 7, orders: int = 12_000) -> list[DemoFile]:
    """The four files; the same seed gives the same bytes."""
    random = Random(seed)  # noqa: S311 - made-up data, no secrets
    customers, products = 1_500, 240
    return [
        make_products(random, products),
        make_customers(random, customers),
        make_rates(random),
        make_orders(random, orders, products=products, customers=customers),
    ]


def write_files(folder: Path, files: Sequence[DemoFile]) -> list[Path]:
    """Write each file; the paths come back in the same order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / file.name for file in files]
    for path, file in zip(paths, files, strict=True):
        path.write_bytes(file.content())
    return paths
