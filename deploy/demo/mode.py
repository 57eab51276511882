"""Embedded or distributed: a folder that was played in one mode is not taken for the other."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from tidings.errors import ConfigError

Mode = Literal["embedded", "distributed"]

#: Where each keeps everything, unless told otherwise.
FOLDERS: Mapping[Mode, Path] = {"embedded": Path("data/demo"), "distributed": Path("data/demo-distributed")}
#: What only that mode leaves in its folder.
TRACES: Mapping[Mode, str] = {"embedded": "service/log.sqlite", "distributed": "desk.json"}


def check_mode(data: Path, mode: Mode) -> None:
    """Raise ConfigError if the demo in `data` was played in the other mode: its states belong to another log."""
    for other, trace in TRACES.items():
        if other != mode and (data / trace).exists():
            raise ConfigError(f"{data}: this demo was played {other}; choose another folder with --data, or delete it")
