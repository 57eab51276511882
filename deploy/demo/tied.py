"""Become another program that ends when the process that started it does, however that one ends.

    python -m deploy.demo.tied PARENT COMMAND [ARGUMENT...]

PARENT is the number of the process to be tied to. On Linux the kernel sends SIGTERM when it ends; elsewhere
this only starts the command.
"""

import ctypes
import os
import signal
import sys

#: Source: prctl(2).
PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Tie this process to `parent`, then replace it by `command`. Does not return."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # The parent may have ended before the kernel was told to watch it.
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - the demo's own command, no shell


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
