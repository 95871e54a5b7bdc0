"""How much memory a process and everything it started take: shared pages counted once among their sharers."""

from __future__ import annotations

from pathlib import Path


def proportionalBytes(pid: int) -> int:
    """Proportional set size of the process and all its descendants; what may not be read counts as nothing."""
    return sum(_ownBytes(member) for member in family(pid))


def family(pid: int) -> list[int]:
    """The process and its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(member for child in children for member in family(int(child)))]


def _ownBytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
