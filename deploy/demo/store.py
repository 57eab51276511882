"""Messages that the stand-ins received, one JSON object a line. Each is kept, also a second copy with the same key."""

import json
import os
import threading
from pathlib import Path
from typing import Any


class MessageFile:
    """An append-only file of messages."""

    def __init__(self, path: Path) -> None:
        """`path` need not exist."""
        self.path = path
        self._lock = threading.Lock()

    def append(self, message: dict[str, Any]) -> int:
        """Keep `message`; on the disk when it returns. Gives its number in the file, from 1."""
        line = json.dumps(message, ensure_ascii=False) + "\n"
        with self._lock:
            number = len(self.read()) + 1
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        return number

    def read(self) -> list[dict[str, Any]]:
        """Every message, oldest first; [] if none has come."""
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]
