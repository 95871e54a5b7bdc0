"""What only building needs: Rust for the extension and Node for the frontends."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from scripts.stack.debianPackages import DebianPackages, PackagesUnavailableError, exclusive
from scripts.stack.paths import ROOT, TOOLS
from scripts.stack.provision import Tool, libraryEnvironment, multiarch, writeWrapper

RUST_MINIMUM: Final = (1, 85)
NODE_MINIMUM: Final = (20, 19)
# Debian 12 carries a current Rust under the first names, Debian 13 and later under the second.
RUST_PACKAGES: Final = (("rustc-web", "cargo-web"), ("rustc", "cargo"))
LINKER_PACKAGES: Final = ("gcc", "libc6-dev")
NODE_LOCK: Final = ROOT / "requirements" / "node.txt"


def rustEnvironment(folder: Path = TOOLS) -> dict[str, str]:
    """The environment in which `cargo build` works: the machine's own tools, each missing one from the distribution."""
    environment = dict(os.environ)
    if not (hasVersion("cargo", RUST_MINIMUM) and hasVersion("rustc", RUST_MINIMUM)):
        environment |= _privateRust(folder)
    if shutil.which("cc") is None:
        environment |= _privateLinker(folder)
    return environment


def nodeEnvironment(folder: Path = TOOLS) -> dict[str, str]:
    """The environment in which `npm ci` works."""
    if hasVersion("node", NODE_MINIMUM) and shutil.which("npm"):
        return dict(os.environ)
    binaries = _privateNode(folder)
    return {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}


def hasVersion(program: str, minimum: Sequence[int]) -> bool:
    """Whether the program is on the PATH, runs, and is new enough."""
    found = shutil.which(program)
    if found is None:
        return False
    done = subprocess.run([found, "--version"], capture_output=True, text=True, check=False, timeout=20)
    numbers = re.search(r"(\d+)\.(\d+)", done.stdout)
    return bool(numbers) and tuple(map(int, numbers.groups() if numbers else ())) >= tuple(minimum)


def _privateRust(folder: Path) -> Mapping[str, str]:
    root = _unpackRust(DebianPackages(folder))
    libraries = libraryEnvironment(root)
    for name in ("cargo", "rustc", "rustdoc"):
        writeWrapper(f"rust/{name}", Tool(root / "usr/bin" / name, libraries), folder)
    wrappers = folder / "bin" / "rust"
    return {"PATH": f"{wrappers}{os.pathsep}{os.environ.get('PATH', '')}", "RUSTC": str(wrappers / "rustc")}


def _unpackRust(packages: DebianPackages) -> Path:
    refusals: list[str] = []
    for names in RUST_PACKAGES:
        try:
            root = packages.unpack("rust", names)
        except PackagesUnavailableError as error:
            refusals.append(str(error))
            continue
        if _isRecent(root):
            return root
        refusals.append(f"{names[0]} is older than {'.'.join(map(str, RUST_MINIMUM))}")
    raise PackagesUnavailableError(f"no Rust of version 1.85 or newer ({'; '.join(refusals)}): install one with rustup")


def _isRecent(root: Path) -> bool:
    command = [str(root / "usr/bin/rustc"), "--version"]
    environment = {**os.environ, **libraryEnvironment(root)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    numbers = re.search(r"(\d+)\.(\d+)", done.stdout)
    return numbers is not None and tuple(map(int, numbers.groups())) >= RUST_MINIMUM


def _privateLinker(folder: Path) -> Mapping[str, str]:
    root = DebianPackages(folder).unpack("linker", LINKER_PACKAGES, alsoInstalled=("libc6", "libgcc-s1"))
    _mergeUsr(root)
    # The compiler must run on the machine's own libc: only the libraries of its own packages are handed to it.
    own = Tool(root / "usr/bin/gcc", _withoutLibc(root), (f"--sysroot={root}", f"-B{root}/usr/bin"))
    wrapper = writeWrapper("linker/cc", own, folder)
    archiver = writeWrapper("linker/ar", Tool(root / "usr/bin/ar", _withoutLibc(root)), folder)
    target = f"CARGO_TARGET_{os.uname().machine.upper()}_UNKNOWN_LINUX_GNU_LINKER"
    return {"CC": str(wrapper), "AR": str(archiver), target: str(wrapper)}


def _mergeUsr(root: Path) -> None:
    """Linker scripts speak of /lib and /lib64: there must be such folders in the root, as on the machine."""
    for name in ("lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        if (root / name).is_dir() and not (root / name).is_symlink():
            shutil.copytree(root / name, root / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(root / name)
        if not (root / name).exists():
            (root / name).symlink_to(f"usr/{name}")


def _withoutLibc(root: Path) -> Mapping[str, str]:
    folder = root / "ownLibraries"
    folder.mkdir(exist_ok=True)
    libc = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1"}
    for library in Path(f"{root}{multiarch()}").glob("lib*.so*"):
        if library.exists() and library.name not in libc and not (folder / library.name).is_symlink():
            (folder / library.name).symlink_to(library)
    return {"LD_LIBRARY_PATH": str(folder)}


def _privateNode(folder: Path) -> Path:
    environment = folder / "node"
    binaries = environment / "bin"
    stamp = environment / ".complete"
    wanted = NODE_LOCK.read_text()
    with exclusive(folder / "node.lock"):
        if not stamp.exists() or stamp.read_text() != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
            pip = [str(binaries / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
            subprocess.run([*pip, "-r", str(NODE_LOCK)], check=True)
            stamp.write_text(wanted)
    return binaries
