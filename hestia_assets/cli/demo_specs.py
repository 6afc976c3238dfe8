"""What the shop declares about its files: types, checks, one transform, one export."""

from typing import Any

from hestia_assets.core.specs import (
    CheckSpec,
    Column,
    ColumnType,
    ExportSpec,
    Recipe,
    Severity,
    TransformSpec,
)

TYPES: dict[str, dict[str, dict[str, Any]]] = {
    "products": {"price": {"type": ColumnType.DECIMAL, "scale": 2}},
    "customers": {},
    "currency_rates": {
        "rate_date": {"type": ColumnType.DATE, "format": "%Y-%m-%d"},
        "euro": {"type": ColumnType.DECIMAL, "scale": 4},
    },
    "orders": {
        "order_date": {"type": ColumnType.DATE, "format": "%Y-%m-%d"},
        "quantity": {"type": ColumnType.INTEGER},
    },
}
"""Columns that are no text. Codes, numbers of customers and postcodes are text: their zeros count."""

COMMENTS = {"products": "#"}
"""A sign that nobody can guess from the first lines; the catalogue's owner knows it."""


def _check(rule: str, *columns: str, severity: Severity = Severity.REJECT, **params: Any) -> CheckSpec:
    return CheckSpec(rule=rule, columns=columns, severity=severity, params=params)


CHECKS: dict[str, tuple[CheckSpec, ...]] = {
    "products": (
        _check("unique", "product_code"),
        _check("not_null", "product_code"),
        _check("in_range", "price", min=0.01),
        _check("in_set", "currency", severity=Severity.HOLD, values=["EUR", "USD", "GBP", "CHF", "NAD"]),
    ),
    "customers": (
        _check("unique", "customer_id"),
        _check("not_null", "name"),
        _check("in_set", "country", values=["DE", "FR", "GB", "US", "CH", "ES", "NA"]),
        _check("matches", "postcode", pattern=r"\d{5}"),
        _check("matches", "email", severity=Severity.WARN, pattern=r"[^@\s]+@[^@\s]+\.[a-z]+"),
    ),
    "currency_rates": (
        _check("unique", "rate_date", "currency"),
        _check("not_null", "currency"),
        _check("in_range", "euro", min=0.001, max=10),
    ),
    "orders": (
        _check("unique", "order_id"),
        _check("not_null", "customer_id"),
        _check("in_range", "quantity", min=1, max=1000),
        _check("in_set", "status", values=["paid", "shipped", "returned", "cancelled"]),
    ),
}

TRANSFORM = TransformSpec(
    name="revenue",
    description="Revenue in euro per month and country, at the day's rate; what came back does not count.",
    sql="""\
select
  date_trunc('month', o.order_date)::date as month,
  coalesce(c.country, 'unknown') as country,
  count(*) as orders,
  round(sum(o.quantity * p.price * r.euro), 2) as revenue_euro
from validated.orders o
join validated.products p on p.product_code = o.product_code
join validated.currency_rates r on r.rate_date = o.order_date and r.currency = p.currency
left join validated.customers c on c.customer_id = o.customer_id
where o.status in ('paid', 'shipped')
group by 1, 2
order by 1, 2
""",
)

EXPORT = ExportSpec(name="revenue", description="For the finance team.", table="transformed.revenue")


def declared(recipe: Recipe, dataset: str) -> Recipe:
    """The inspected recipe with what the shop declares: types, comment sign."""
    types = TYPES[dataset]
    columns = tuple(_typed(column, types.get(column.name, {"type": ColumnType.TEXT})) for column in recipe.columns)
    return recipe.model_copy(update={"columns": columns, "comment": COMMENTS.get(dataset, recipe.comment)})


def _typed(column: Column, update: dict[str, Any]) -> Column:
    """With the declared type; the shop knows no word for "no value", so ``n/a`` is a mistake."""
    return column.model_copy(update={"null_words": ("",), **update})
