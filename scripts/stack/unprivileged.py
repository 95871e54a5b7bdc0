"""How a server is started: it dies with its supervisor, and PostgreSQL (which refuses to be root) is not root."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ACCOUNTS: Final = ("postgres", "nobody")
CAP_DAC_READ_SEARCH: Final = 2
CAP_SETPCAP: Final = 8


def dyingWithParent(command: Sequence[str], deathSignal: str = "TERM") -> list[str]:
    """The kernel sends `deathSignal` as soon as the thread that started the command is gone: no orphan holds a port."""
    return [_setpriv(), f"--pdeathsig={deathSignal}", "--", *command]


def asUnprivileged(command: Sequence[str], deathSignal: str = "INT") -> list[str]:
    """
    Run as it is by an ordinary user; by root, under an unprivileged account that can pass root's own folders.

    The one capability that is kept (reading past folder permissions) lets a checkout below /root work.
    """
    if os.geteuid() != 0:
        return dyingWithParent(command, deathSignal)
    account = unprivilegedAccount()
    keep = "-all,+dac_read_search" if _holds(CAP_DAC_READ_SEARCH) else "-all"
    # Without it access(2), which PostgreSQL asks about its own programs, would overlook the capability.
    securebits = ["--securebits=+no_setuid_fixup"] if _holds(CAP_DAC_READ_SEARCH) and _holds(CAP_SETPCAP) else []
    return [
        _setpriv(),
        f"--reuid={account.pw_uid}",
        f"--regid={account.pw_gid}",
        "--clear-groups",
        f"--inh-caps={keep}",
        f"--ambient-caps={keep}",
        *securebits,
        f"--pdeathsig={deathSignal}",
        "--",
        *command,
    ]


def unprivilegedAccount() -> pwd.struct_passwd:
    """The account that root's PostgreSQL runs under."""
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError(f"none of the accounts {', '.join(ACCOUNTS)} exists; PostgreSQL cannot run as root")


def giveTo(folder: Path) -> None:
    """Make a folder and all in it the unprivileged account's, when we are root."""
    if os.geteuid() != 0:
        return
    account = unprivilegedAccount()
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _setpriv() -> str:
    return shutil.which("setpriv") or "/usr/bin/setpriv"


def _holds(capability: int) -> bool:
    status = Path("/proc/self/status").read_text()
    effective = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(effective.split()[1], 16) & (1 << capability))
