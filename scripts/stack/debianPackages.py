"""Debian packages without installing them: downloaded by an ordinary user, unpacked in a folder of our own."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LISTS_FRESH_SECONDS: Final = 20 * 3600
# The stand-alone interpreter is never wanted; the library of the gateway's module is another package.
NEVER: Final = ("luajit",)


class PackagesUnavailableError(Exception):
    """The distribution could not hand over the packages; the text says what to do."""


@contextmanager
def exclusive(lockFile: Path) -> Iterator[None]:
    """One process at a time; a waiting one finds the work already done."""
    lockFile.parent.mkdir(parents=True, exist_ok=True)
    with lockFile.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class DebianPackages:
    """Private apt state and private roots under one folder: nothing outside it is touched, no root is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def unpack(self, name: str, packages: Sequence[str], alsoInstalled: Sequence[str] = ()) -> Path:
        """
        Return the root that holds `packages` and whatever they need that the machine lacks.

        `alsoInstalled` are unpacked even when the machine has them (a compiler's root needs its own libc).
        """
        root = self._folder / name
        stamp = root / ".complete"
        wanted = hashlib.sha256("\n".join([*packages, "+", *alsoInstalled, _release()]).encode()).hexdigest()
        if _stampOf(stamp) == wanted:
            return root
        with exclusive(self._folder / "apt" / f"{name}.lock"):
            if _stampOf(stamp) == wanted:
                return root
            self._fill(root, packages, alsoInstalled)
            stamp.write_text(wanted)
        return root

    def _fill(self, root: Path, packages: Sequence[str], alsoInstalled: Sequence[str]) -> None:
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise PackagesUnavailableError(f"this system has no apt-get: install {', '.join(packages)} yourself")
        self._refreshLists(force=False)
        archives = self._folder / "apt" / root.name
        try:
            self._download(archives, packages, alsoInstalled)
        except PackagesUnavailableError:
            self._refreshLists(force=True)
            self._download(archives, packages, alsoInstalled)
        _extract(sorted(archives.glob("*.deb")), root)
        shutil.rmtree(archives)

    def _refreshLists(self, *, force: bool) -> None:
        marker = self._folder / "apt" / "updated"
        with exclusive(self._folder / "apt" / "lists.lock"):
            if not force and marker.exists() and time.time() - marker.stat().st_mtime < LISTS_FRESH_SECONDS:
                return
            self._apt("update", self._folder / "apt" / "archives")
            marker.touch()

    def _download(self, archives: Path, packages: Sequence[str], alsoInstalled: Sequence[str]) -> None:
        shutil.rmtree(archives, ignore_errors=True)
        never = [f"{name}-" for name in NEVER]
        self._apt("install", archives, "--download-only", "--reinstall", "--yes", *packages, *never)
        if alsoInstalled:
            self._apt("download", archives, *alsoInstalled)

    def _apt(self, verb: str, archives: Path, *arguments: str) -> None:
        state = self._folder / "apt"
        for folder in (state / "lists" / "partial", archives / "partial", state / "log"):
            folder.mkdir(parents=True, exist_ok=True)
        command = ["apt-get", verb, "-q", "--no-install-recommends", *_options(state, archives), *arguments]
        done = subprocess.run(command, cwd=archives, env=_aptEnvironment(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise PackagesUnavailableError(f"apt-get {verb} failed: {_lastLines(done.stderr or done.stdout)}")


def _options(state: Path, archives: Path) -> list[str]:
    settings = {
        "Dir::State": str(state),
        "Dir::State::lists": str(state / "lists"),
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::State::extended_states": "/var/lib/apt/extended_states",
        "Dir::Cache": str(state),
        "Dir::Cache::archives": str(archives),
        # Several downloads run at the same time: none writes a cache that another reads.
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Dir::Log": str(state / "log"),
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        "APT::Get::AllowUnauthenticated": "false",
        "Acquire::Languages": "none",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
        "Acquire::IndexTargets::deb::CNF::DefaultEnabled": "false",
        "Acquire::Retries": "3",
        "Dpkg::Use-Pty": "0",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def _extract(archives: Sequence[Path], root: Path) -> None:
    if any(archive.name.split("_")[0] in NEVER for archive in archives):
        raise PackagesUnavailableError("a package that is never to be unpacked came with the others")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        list(pool.map(lambda archive: _extractOne(archive, root), archives))
    root.chmod(0o755)


def _extractOne(archive: Path, root: Path) -> None:
    subprocess.run(["dpkg-deb", "-x", str(archive), str(root)], check=True, capture_output=True)


def _release() -> str:
    release = Path("/etc/os-release")
    return release.read_text() if release.exists() else ""


def _stampOf(stamp: Path) -> str:
    return stamp.read_text() if stamp.exists() else ""


def _aptEnvironment() -> Mapping[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def _lastLines(text: str) -> str:
    return " ".join(line.strip() for line in text.strip().splitlines()[-4:])
