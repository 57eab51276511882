"""Notifications as text on a stream: for trying out rules, and for services whose output someone reads."""

import sys
import threading
from typing import TextIO

from alerts.channels import Message
from tidings.errors import TransientError


class ConsoleChannel:
    """Prints each message, with its key, to `stream` (standard output when None)."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: Message, *, recipient: str, key: str) -> str:
        """Print the message. The recipient is ignored: there is one console."""
        stream = self._stream or sys.stdout
        try:
            with self._lock:
                stream.write(f"--- {message.subject}\n{message.text}\nkey: {key}\n\n")
                stream.flush()
        except UnicodeEncodeError as error:
            raise TransientError(
                f"console: cannot print {error.object[error.start]!r}; run with PYTHONUTF8=1"
            ) from error
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise TransientError(f"console: cannot write to the standard output ({error})") from error
        return key
