"""Imports without collecting garbage: they make a hundred thousand objects that stay, and next to no garbage.

Collected as usual, each full round looks at all of them, and there are several on the way: a third of the time that a
command takes to start. ``bootstrap`` imports this module first and calls ``done`` after its last import.
"""

import gc

_was_on = gc.isenabled()
gc.disable()


def done() -> None:
    """Collect again as before; what is there now is looked at no more, as it stays as long as the process."""
    gc.freeze()
    if _was_on:
        gc.enable()
