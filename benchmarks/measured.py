"""Runs one side of a comparison in a process of its own and says what it took."""

import json
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
SAMPLE_SECONDS = 0.02


@dataclass(frozen=True)
class Measured:
    """What one side took."""

    name: str
    seconds: float
    peak_bytes: int
    facts: dict[str, Any]


def measure(name: str, script: str, *arguments: Path | str) -> Measured:
    """Run a script of this folder to its end."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, HERE / script, *arguments], stdout=subprocess.PIPE, text=True)
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        peak = max(peak, _resident_bytes(watched))
        time.sleep(SAMPLE_SECONDS)
    seconds = time.perf_counter() - started
    output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"{script} ended with code {process.returncode}")
    return Measured(name, seconds, peak, json.loads(output.splitlines()[-1]))


def _resident_bytes(process: psutil.Process) -> int:
    total = 0
    with suppress(psutil.NoSuchProcess):
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += each.memory_info().rss
    return total
