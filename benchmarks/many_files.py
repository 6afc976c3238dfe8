"""What one of very many small files costs: CPU seconds per batch, beside the number of commits before it.

    python benchmarks/many_files.py [FILES]

Writes FILES (1,000) files of 20 rows and hands them in twice, each time into a fresh home: through the façade, a
line for each stretch of 100 batches, and with ``hestia import FOLDER``, which is one Dagster run. CPU seconds are those
of the whole process; the load of the machine is printed beside the wall time.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import DatasetSpec

ROWS, STRETCH = 20, 100


def write_files(folder: Path, count: int) -> list[Path]:
    """Small CSV files, no two of them alike."""
    folder.mkdir()
    paths = [folder / f"till-{number:05d}.csv" for number in range(count)]
    for number, path in enumerate(paths):
        rows = (f"{number},{row},2026-01-{row % 28 + 1:02d},{row * number % 97}.50,name {row}" for row in range(ROWS))
        path.write_text("till,receipt,day,amount,remark\n" + "\n".join(rows) + "\n")
    return paths


def receive(hestia: Hestia, paths: list[Path]) -> list[Batch]:
    """Open a batch for each file."""
    with paths[0].open("rb") as source:
        recipe = hestia.ingest.inspect(source, file_name=paths[0].name).recipe
    spec = DatasetSpec(name="tills", recipe=recipe)
    hestia.catalog.save(spec, author="benchmark")
    batches: list[Batch] = []
    for path in paths:
        with path.open("rb") as source:
            batches += [
                each.batch
                for each in hestia.ingest.receive_all(spec, source, file_name=path.name, author="benchmark").received
            ]
    return batches


def run_all(hestia: Hestia, batches: list[Batch]) -> None:
    """One run over all batches, with the cost of each stretch."""
    marks = [(time.perf_counter(), time.process_time())]

    def mark(done: Batch) -> None:
        if done.finished_at is not None and (marked := marked_of(done)) % STRETCH == 0:
            marks.append((time.perf_counter(), time.process_time()))
            wall, cpu = (now - then for now, then in zip(marks[-1], marks[-2], strict=True))
            print(f"batch {marked:5d}: {cpu / STRETCH * 1000:6.1f} ms CPU, {wall / STRETCH * 1000:6.1f} ms each")

    def marked_of(done: Batch) -> int:
        return done.sequence or 0

    hestia.ingest.run_all([batch.id for batch in batches], on_progress=mark)


def through_the_facade(folder: Path, paths: list[Path]) -> None:
    """Receive and run in this process."""
    hestia = open_home(folder / "facade")
    wall, cpu = time.perf_counter(), time.process_time()
    batches = receive(hestia, paths)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"received:    {cpu / len(paths) * 1000:6.1f} ms CPU, {wall / len(paths) * 1000:6.1f} ms each", flush=True)
    run_all(hestia, batches)


def on_the_command_line(folder: Path, files: Path) -> None:
    """``hestia import`` of the folder."""
    environment = os.environ | {"HESTIA_HOME": str(folder / "command")}
    command = [Path(sys.executable).with_name("hestia"), "import", files, "--dataset", "tills", "--json"]
    before, wall = os.times(), time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - wall, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"hestia import: {wall:.0f} s, {cpu:.0f} s of them CPU, load {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Both ways."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        paths = write_files(folder / "files", count)
        through_the_facade(folder, paths)
        on_the_command_line(folder, folder / "files")


if __name__ == "__main__":
    main()
