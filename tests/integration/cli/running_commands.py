"""What the fixtures of these tests give: a command line to run, and its JSON."""

from collections.abc import Callable
from typing import Any

from typer.testing import Result

Command = Callable[..., Result]
Facts = Callable[..., Any]
