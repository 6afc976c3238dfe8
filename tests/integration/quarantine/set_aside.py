"""A dataset with ten bad rows among twelve, and short ways to look at what became of them."""

from io import BytesIO
from multiprocessing.synchronize import Event
from pathlib import Path

import polars as pl
import polars.selectors as cs

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, EntryFilter, EntryId, EntryState, Fix
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Mode, Recipe
from hestia_assets.settings import Settings

COLUMNS = (
    Column(source="id", name="id"),
    Column(source="qty", name="qty", type="integer"),
    Column(source="day", name="day", type="date", format="%Y-%m-%d"),
    Column(source="unit", name="unit"),
)
CHECKS = (
    CheckSpec(rule="in_range", columns=("qty",), params={"min": 1}),
    CheckSpec(rule="in_set", columns=("unit",), params={"values": ["kg", "piece"]}),
)
GOOD = ("00001,5,2026-01-02,kg", "00002,7,2026-01-03,piece")
BAD = tuple(f"{n:05d},-{n},2026-02-{n:02d},kg" for n in range(3, 13))
FILE = "\n".join(("id,qty,day,unit", *GOOD, *BAD)) + "\n"
EVERY = EntryFilter(states=tuple(EntryState))


def orders(*checks: CheckSpec, mode: Mode = Mode.APPEND, **more: object) -> DatasetSpec:
    """The dataset; ``more`` are other fields of it."""
    recipe = Recipe(columns=COLUMNS, chunk_bytes=1024)
    return DatasetSpec(name="orders", recipe=recipe, checks=checks or CHECKS, mode=mode, **more)  # pyright: ignore[reportArgumentType] - fields by name


def opened(folder: Path) -> Hestia:
    """A home whose leases end soon."""
    return open_home(settings=Settings(home=folder, lease_seconds=0.5))


def bring(
    home: Hestia, text: str | bytes = FILE, spec: DatasetSpec | None = None, *, name: str = "orders.csv"
) -> Batch:
    """Save the dataset and import a file."""
    spec = spec or orders()
    home.catalog.save(spec, author="ada")
    data = text if isinstance(text, bytes) else text.encode()
    batch = home.ingest.receive(spec, BytesIO(data), file_name=name, author="ada").batch
    return home.ingest.run(batch.id)


def rows(home: Hestia, layer: Layer = Layer.VALIDATED) -> pl.DataFrame:
    """A table of the dataset, by id."""
    return (
        home.tables.scan(TableRef(layer, "default", "orders"))
        .collect()
        .sort(cs.by_name("id", "_row", require_all=False))
    )


def ids(home: Hestia, wanted: EntryFilter = EVERY, *, limit: int = 200) -> list[EntryId]:
    """Entries in their order."""
    return [entry.id for entry in home.quarantine.entries(orders(), wanted, limit=limit).entries]


def states(home: Hestia) -> dict[str, int]:
    """How many entries are open, loaded, dropped."""
    return dict(home.quarantine.entries(orders(), EVERY).by_state)


def mended(home: Hestia, count: int, *, skip: int = 0) -> list[Fix]:
    """Fixes for the first so many open rows."""
    found = home.quarantine.entries(orders(), limit=count, skip=skip).entries
    return [Fix(entry.id, {"qty": (entry.values["qty"] or "").lstrip("-")}) for entry in found]


def work(folder: Path, fixes: list[Fix], ready: Event) -> None:
    """What a process of its own does: resubmit."""
    home = opened(folder)
    ready.set()
    home.quarantine.resubmit(orders(), fixes, author="bea")
