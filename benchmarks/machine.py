"""The machine below: which core does what, and what a process has used of it."""

import os
import platform
import socket
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_CORES = sorted(os.sched_getaffinity(0))
# What is measured has a core for itself; clients and the database share another, where there is one.
MEASURED_CORE, OTHER_CORE = _CORES[0], _CORES[-1]


def keep_to(core: int, pid: int = 0) -> None:
    """Bind a process, with its threads, to a core: as far as we are allowed to (the database may be another's)."""
    with suppress(FileNotFoundError):  # it has ended meanwhile
        for thread in os.listdir(f"/proc/{pid}/task") if pid else ["0"]:
            with suppress(PermissionError, ProcessLookupError):
                os.sched_setaffinity(int(thread), {core})


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += family(int(child))
    return found


def cpu_seconds(pids: list[int]) -> float:
    """What these processes have used, their own and the kernel's time for them."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def description() -> str:
    """One line for the head of the table."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = names[0].partition(":")[2].strip() if names else platform.machine()
    return f"{model}, {len(_CORES)} cores, Python {platform.python_version()}"
