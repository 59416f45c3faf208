"""What the kernel says of a server's processes. Linux alone has /proc."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """Give a process and its children: gunicorn's master and its workers."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def cpu_seconds(pid: int) -> float:
    """Give the processor time that a process and its children have used so far, in seconds."""
    used = 0
    for each in family(pid):
        # The name before these fields stands in brackets and may hold spaces.
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / TICKS


def worker_memory(pid: int) -> int:
    """Give the memory that all workers hold together, in bytes; what they share counts once.

    That is their proportional set size, the master's share left out.
    """
    _, *workers = family(pid)
    return sum(_proportional(each) for each in workers)


def resident_memory(pid: int) -> int:
    """Give the resident memory of all workers added up, in bytes; what they share counts twice."""
    _, *workers = family(pid)
    pages = (int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in workers)
    return sum(pages) * os.sysconf("SC_PAGE_SIZE")


def _proportional(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("the kernel does not say how much memory a process holds")
