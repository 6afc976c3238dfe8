"""The rows of the validated table that fail a check, as a query that a person can run and change."""

from hestia_assets.core.specs import CheckSpec, DatasetSpec


def sql_of(dataset: DatasetSpec, check: CheckSpec) -> str:
    """The query; empty where the rule's rows cannot be found by a plain one."""
    table = f"validated.{dataset.name}"
    columns = [quoted(name) for name in check.columns]
    listed = ", ".join(columns)
    match check.rule:
        case "not_null":
            return f"SELECT * FROM {table} WHERE {' OR '.join(f'{one} IS NULL' for one in columns)}"
        case "not_blank":
            blank = " OR ".join(f"{one} IS NULL OR trim(CAST({one} AS VARCHAR)) = ''" for one in columns)
            return f"SELECT * FROM {table} WHERE {blank}"
        case "unique":
            return f"SELECT * FROM {table} QUALIFY count(*) OVER (PARTITION BY {listed}) > 1 ORDER BY {listed}"
        case "foreign_key" if isinstance(check.params.get("dataset"), str):
            other = [quoted(str(name)) for name in check.params.get("other_columns") or check.columns]
            same = " AND ".join(f"there.{theirs} = here.{own}" for own, theirs in zip(columns, other, strict=False))
            found = f"SELECT 1 FROM validated.{check.params['dataset']} AS there WHERE {same}"
            return f"SELECT * FROM {table} AS here WHERE NOT EXISTS ({found})"
        case _:
            return ""


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
