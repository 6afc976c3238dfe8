"""Runs one side of a comparison in a process of its own and says what it took."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Measured:
    """What one side took."""

    name: str
    seconds: float
    peak_bytes: int
    facts: dict[str, Any]


def measure(name: str, script: str, *arguments: Path | str, python: Path | str = sys.executable) -> Measured:
    """Run a script of this folder to its end; the kernel counts its memory, so that nothing runs beside it."""
    started = time.perf_counter()
    process = subprocess.Popen([python, HERE / script, *arguments], stdout=subprocess.PIPE, text=True)
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{script} ended with code {process.returncode}")
    return Measured(name, seconds, usage.ru_maxrss * 1024, json.loads(output.splitlines()[-1]))
