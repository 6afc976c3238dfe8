"""Work that ends when its time is over, whoever drips, hangs or does not resolve a name."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")


def finished_within(seconds: float, work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine in a loop of its own. Raises TimeoutError when the time is over before it has ended."""

    async def limited() -> _Result:
        async with asyncio.timeout(seconds):
            return await work

    with asyncio.Runner(loop_factory=_Unwaiting) as runner:
        return runner.run(limited())


class _Unwaiting(asyncio.SelectorEventLoop):
    """Names are looked up in a thread that nobody can stop: it ends when the system's resolver does, and unheard."""

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Do not wait for it; ``close`` lets it go."""
