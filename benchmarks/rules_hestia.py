"""One side of the comparison of rules: Hestia's judge, rows and sets, as an import calls it.

    python benchmarks/rules_hestia.py rows.parquet found.json

It starts from text, so typing is part of its time; ``typing`` says how much. Chunks are judged one after the other.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from rules_data import RULES, TYPES, name

from hestia_assets.bootstrap import open_home
from hestia_assets.core.specs import CheckSpec, Column, Severity

CHUNK_ROWS = 155_000


def main() -> None:
    """Judge the rows."""
    path, target = Path(sys.argv[1]), Path(sys.argv[2])
    frame = pl.read_parquet(path)
    text = frame.select(pl.exclude("_row").cast(pl.String), "_row", _line=pl.col("_row") + 1)
    columns = tuple(Column(source=one, name=one, type=TYPES.get(one, "text"), format=_format(one))
                    for one in frame.columns if one != "_row")  # fmt: skip
    checks = [
        CheckSpec(rule=rule, columns=names, params=params, severity=Severity.WARN) for rule, names, params in RULES
    ]
    with tempfile.TemporaryDirectory() as folder:
        validator = open_home(folder).ingest.validator
        cpu = time.process_time()
        for chunk in text.iter_slices(CHUNK_ROWS):
            validator.judge(chunk, columns, ())
        typing = time.process_time() - cpu
        started, cpu = time.perf_counter(), time.process_time()
        found: dict[str, list[int]] = {name(rule, names): [] for rule, names, _ in RULES}
        typed: list[pl.DataFrame] = []
        for chunk in text.iter_slices(CHUNK_ROWS):
            judgement = validator.judge(chunk, columns, checks)
            for (check,), part in judgement.failures.group_by("check"):
                found[str(check)] += chunk["_row"].gather(part["index"]).to_list()
            typed.append(judgement.typed.with_columns(chunk["_row"], chunk["_line"]))
        for failure in validator.judge_set(pl.concat(typed).lazy(), None, checks):
            found[failure.result.name] += failure.rows.to_list()
        facts = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu, "typing": typing}
    target.write_text(json.dumps(found))
    print(json.dumps(facts | {"listed": sum(map(len, found.values()))}))


def _format(column: str) -> str | None:
    return "%Y-%m-%d %H:%M:%S%.f" if column == "created_at" else None


if __name__ == "__main__":
    main()
