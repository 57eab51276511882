"""What a process has used of the machine, as Linux says."""

import os
import re
from pathlib import Path

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
#: Of what follows the command's name in /proc/<pid>/stat: time in user and in system mode.
_USER, _SYSTEM = 11, 12


def cpu_seconds(pid: int) -> float:
    """Processor time of all its threads so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS_A_SECOND


def resident_mb(pid: int) -> float:
    """Memory it holds now, mapped files and shared libraries included."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"))
    assert found
    return int(found[1]) / 1024
