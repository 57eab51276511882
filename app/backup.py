"""`tidings state backup` and `restore`: the states of folds, delivery and crawler, each with its position.

A backup may be taken while the service runs, and each file in it is whole. It need not be of one moment: what a
restored state lacks is read from the log again, and what is then said twice is dropped by those who read it.
"""

import logging
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path

from streams.lease import lease
from tidings.errors import NotFoundError, StorageError
from tidings.storage import storage_errors

logger = logging.getLogger(__name__)

#: Backups are folders of this name in the backup folder: 20261124T183000Z.
NAME = "%Y%m%dT%H%M%SZ"
#: Newest backups that the schedule keeps.
KEPT = 7


def backup(files: Sequence[Path], folder: Path, now: datetime) -> Path:
    """Copy every SQLite file of `files` that is there into a new folder in `folder`; gives its path.

    It gets its name last: what a kill cuts off is never taken for a backup. Raises StorageError.
    """
    made = folder / now.strftime(NAME)
    partial = made.with_suffix(".partial")
    with storage_errors(partial):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for path in files:
            if path.exists():
                _copy(path, partial / path.name)
        if made.exists():
            shutil.rmtree(made)
        partial.rename(made)
    return made


def restore(source: Path, files: Sequence[Path], locks: Sequence[tuple[Path, str]]) -> list[Path]:
    """Put the files of the backup at `source` (or of the newest in it) in place of those of the same name.

    `locks`: lock file and name of each step, none of which may run. Raises StepBusyError if one does, NotFoundError
    if there is no backup.
    """
    chosen = source if any(source.glob("*.sqlite")) else newest(source)
    restored = []
    with ExitStack() as held:
        for path, name in locks:
            held.enter_context(lease(path, name))
        for path in files:
            if (chosen / path.name).exists():
                _put(chosen / path.name, path)
                restored.append(path)
    return restored


def newest(folder: Path) -> Path:
    """The newest backup in `folder`. Raises NotFoundError if there is none."""
    found = backups(folder)
    if not found:
        raise NotFoundError(f"{folder} holds no backup: `tidings state backup` makes one")
    return found[-1]


def backups(folder: Path) -> list[Path]:
    """Oldest first."""
    return sorted(path for path in folder.glob("*T*Z") if path.is_dir())


def backup_if_due(files: Sequence[Path], folder: Path, now: datetime, every: timedelta) -> None:
    """A backup if the newest is `every` old, and the oldest dropped past KEPT. A full disk is logged, not raised."""
    found = backups(folder)
    if found and now - _taken(found[-1], now) < every:
        return
    try:
        made = backup(files, folder, now)
    except StorageError as error:
        logger.error(f"no backup: {error}", extra={"action": "backup_failed", "reason": str(error)})
        return
    logger.info(f"state backed up to {made}", extra={"action": "backup"})
    for path in backups(folder)[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _taken(path: Path, now: datetime) -> datetime:
    return datetime.strptime(path.name, NAME).replace(tzinfo=now.tzinfo)


def _copy(path: Path, to: Path) -> None:
    """SQLite's own copy of a file in use: whole, as of one of its commits."""
    with closing(sqlite3.connect(path, timeout=30)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)


def _put(saved: Path, path: Path) -> None:
    """Replace `path`; a kill before the rename leaves it, one after it has the new one."""
    partial = path.with_suffix(".restoring")
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(saved, partial)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        # A journal of the old file must not be played into the new one.
        for journal in (Path(f"{path}-wal"), Path(f"{path}-shm")):
            journal.unlink(missing_ok=True)
        partial.rename(path)
