"""One process per step: an advisory lock on a file, let go by the kernel however the process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tidings.errors import StepBusyError


@contextmanager
def lease(path: Path, name: str) -> Iterator[None]:
    """Hold `path` for the length of the block.

    Raises StepBusyError, naming the process that holds it, if another one does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise StepBusyError(
                f'step "{name}" already runs in process {file.read().strip() or "?"} on {path.parent.parent}: '
                "stop that one first, or give this one a data folder of its own"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
