"""Finds the programs the stack runs on: the machine's own when they fit, else the distribution's, unpacked here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from scripts.stack.debianPackages import DebianPackages, PackagesUnavailableError
from scripts.stack.paths import TOOLS

POSTGRES_MINIMUM: Final = (15,)
REDIS_MINIMUM: Final = (7,)
MACHINE_POSTGRES: Final = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/local/pgsql/bin")
MACHINE_MODULES: Final = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules")
OPENRESTY: Final = "/usr/local/openresty"
NGINX_PACKAGES: Final = (
    "nginx", "libnginx-mod-http-lua", "libnginx-mod-http-ndk", "lua-resty-core", "lua-resty-lrucache", "lua-cjson",
)  # fmt: skip
MODULE_FILES: Final = ("ndk_http_module.so", "ngx_http_lua_module.so")
# Smaller answers than gzip's, where the distribution has it; nothing needs it.
BROTLI_PACKAGES: Final = ("libnginx-mod-http-brotli-filter",)
BROTLI_FILE: Final = "ngx_http_brotli_filter_module.so"
MISSING_FOR_SECONDS: Final = 24 * 3600

__all__ = ["NginxTool", "PackagesUnavailableError", "ServiceTools", "Tool", "provisionServices", "provisionTool"]


@dataclass(frozen=True)
class Tool:
    """A program, what must be in its environment, and the arguments that come before one's own."""

    path: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    leading: tuple[str, ...] = ()

    @property
    def command(self) -> list[str]:
        return [str(self.path), *self.leading]

    def runEnvironment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


@dataclass(frozen=True)
class NginxTool:
    """nginx with the Lua module. `modules` are to be loaded, in order; OpenResty has them built in."""

    path: Path
    flavour: Literal["openresty", "nginx"]
    modules: tuple[Path, ...] = ()
    luaPath: str = ";;"
    luaCpath: str = ";;"
    environment: Mapping[str, str] = field(default_factory=dict)
    version: tuple[int, ...] = ()

    @property
    def hasBrotli(self) -> bool:
        return any(module.name == BROTLI_FILE for module in self.modules)


@dataclass(frozen=True)
class ServiceTools:
    """The three servers that are not ours. `postgresBin` is the folder with postgres, initdb and psql."""

    postgresBin: Path
    postgresEnvironment: Mapping[str, str]
    redis: Tool
    nginx: NginxTool


def provisionServices(folder: Path = TOOLS) -> ServiceTools:
    """Find or fetch PostgreSQL, Redis and nginx; quick when they are there already."""
    postgresBin, redis, nginx = findPostgres(), findRedis(), findNginx()
    packages = [
        *([] if postgresBin else ["postgresql"]),
        *([] if redis else ["redis-server"]),
        *([] if nginx else NGINX_PACKAGES),
    ]
    root = DebianPackages(folder).unpack("services", packages) if packages else folder
    libraries = libraryEnvironment(root)
    return ServiceTools(
        postgresBin=postgresBin or _newestPostgres(root, libraries),
        postgresEnvironment={} if postgresBin else libraries,
        redis=redis or Tool(_present(root / "usr/bin/redis-server"), libraries),
        nginx=nginx or _withBrotli(_privateNginx(root, libraries), folder),
    )


def findPostgres() -> Path | None:
    try:
        return _newestPostgres(Path("/"), {})
    except PackagesUnavailableError:
        return None


def findRedis() -> Tool | None:
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name, path=_searchPath())
        if found and _versionOf([found, "--version"], {}) >= REDIS_MINIMUM:
            return Tool(Path(found))
    return None


def findNginx() -> NginxTool | None:
    openresty = Path(OPENRESTY, "nginx/sbin/nginx")
    if openresty.exists():
        return NginxTool(openresty, "openresty", version=_versionOf([str(openresty), "-v"], {}))
    found = shutil.which("nginx", path=_searchPath())
    folders = [Path(folder) for folder in MACHINE_MODULES if Path(folder, MODULE_FILES[-1]).exists()]
    if not found or not folders or not Path("/usr/share/lua/5.1/resty/core.lua").exists():
        return None
    modules = tuple(folders[0] / name for name in MODULE_FILES)
    brotli = folders[0] / BROTLI_FILE
    modules += (brotli,) if brotli.exists() else ()
    return NginxTool(Path(found), "nginx", modules, version=_versionOf([found, "-v"], {}))


def provisionTool(name: str, folder: Path = TOOLS) -> Tool:
    """A program for building, linting or testing, by name: shellcheck, luacheck, chromium or chromedriver."""
    found = shutil.which(name, path=_searchPath())
    if found and _runs([found, "--version"]):
        return Tool(Path(found))
    return PRIVATE_TOOLS[name](folder)


def _shellcheck(folder: Path) -> Tool:
    root = DebianPackages(folder).unpack("lint", LINT_PACKAGES)
    return Tool(_present(root / "usr/bin/shellcheck"), libraryEnvironment(root))


def _luacheck(folder: Path) -> Tool:
    root = DebianPackages(folder).unpack("lint", LINT_PACKAGES)
    environment = {
        **libraryEnvironment(root),
        "LUA_PATH": f"{root}/usr/share/lua/5.1/?.lua;{root}/usr/share/lua/5.1/?/init.lua;;",
        "LUA_CPATH": f"{root}{multiarch()}/lua/5.1/?.so;;",
    }
    interpreter = next(path for path in (root / "usr/bin/lua5.1", Path("/usr/bin/lua5.1")) if path.exists())
    return Tool(interpreter, environment, (str(_present(root / "usr/bin/luacheck")),))


def _chromium(folder: Path) -> Tool:
    root = DebianPackages(folder).unpack("browser", BROWSER_PACKAGES)
    return Tool(_present(root / "usr/lib/chromium/chromium"), _browserEnvironment(root))


def _chromedriver(folder: Path) -> Tool:
    root = DebianPackages(folder).unpack("browser", BROWSER_PACKAGES)
    return Tool(_present(root / "usr/bin/chromedriver"), _browserEnvironment(root))


LINT_PACKAGES: Final = ("shellcheck", "lua-check")
BROWSER_PACKAGES: Final = ("chromium", "chromium-driver", "fonts-dejavu-core", "fontconfig-config")
PRIVATE_TOOLS: Final = {
    "shellcheck": _shellcheck,
    "luacheck": _luacheck,
    "chromium": _chromium,
    "chromedriver": _chromedriver,
}


def writeWrapper(name: str, tool: Tool, folder: Path = TOOLS) -> Path:
    """A script in `var/tools/bin` that runs the tool in its environment, for programs that take only a path."""
    script = folder / "bin" / name
    script.parent.mkdir(parents=True, exist_ok=True)
    exports = "".join(f"export {key}={_quoted(value)}\n" for key, value in tool.environment.items())
    text = f'#!/bin/sh\n{exports}exec {" ".join(_quoted(part) for part in tool.command)} "$@"\n'
    fresh = script.with_name(f"{script.name}.{os.getpid()}")
    fresh.write_text(text)
    fresh.chmod(0o755)
    fresh.replace(script)
    return script


def libraryEnvironment(root: Path) -> dict[str, str]:
    """What makes programs of a private root find its libraries, and the machine's for everything else."""
    folders = [f"{root}{multiarch()}", f"{root}/usr/lib", f"{root}{multiarch().removeprefix('/usr')}"]
    nested = sorted(map(str, Path(f"{root}{multiarch()}").glob("*/"))) if (root / "usr/lib/chromium").exists() else []
    present = [path for path in [*folders, *nested] if Path(path).is_dir()]
    return {"LD_LIBRARY_PATH": ":".join(present)} if present else {}


def multiarch() -> str:
    """The distribution's library folder for this processor, such as /usr/lib/x86_64-linux-gnu."""
    machine = os.uname().machine
    return f"/usr/lib/{'i386' if machine == 'i686' else machine}-linux-gnu"


def _browserEnvironment(root: Path) -> dict[str, str]:
    settings = root / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>'
        f"<dir>{root}/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{root}/fontCache</cachedir>"
        "</fontconfig>\n"
    )
    return {**libraryEnvironment(root), "FONTCONFIG_FILE": str(settings)}


def _privateNginx(root: Path, libraries: Mapping[str, str]) -> NginxTool:
    modules = tuple(_present(root / "usr/lib/nginx/modules" / name) for name in MODULE_FILES)
    share, library = f"{root}/usr/share/lua/5.1", f"{root}{multiarch()}/lua/5.1"
    program = _present(root / "usr/sbin/nginx")
    return NginxTool(
        program,
        "nginx",
        modules,
        luaPath=f"{share}/?.lua;{share}/?/init.lua",
        luaCpath=f"{library}/?.so",
        environment=libraries,
        version=_versionOf([str(program), "-v"], libraries),
    )


def _withBrotli(nginx: NginxTool, folder: Path) -> NginxTool:
    """The same nginx with the module and its library, when the distribution hands them over."""
    missing = folder / "apt" / "brotli.missing"
    if missing.exists() and time.time() - missing.stat().st_mtime < MISSING_FOR_SECONDS:
        return nginx
    try:
        root = DebianPackages(folder).unpack("brotli", BROTLI_PACKAGES)
        module = _present(root / "usr/lib/nginx/modules" / BROTLI_FILE)
    except PackagesUnavailableError:
        missing.touch()
        return nginx
    own, added = nginx.environment.get("LD_LIBRARY_PATH", ""), libraryEnvironment(root).get("LD_LIBRARY_PATH", "")
    libraries = ":".join(part for part in (own, added) if part)
    return replace(nginx, modules=(*nginx.modules, module), environment={"LD_LIBRARY_PATH": libraries})


def _newestPostgres(root: Path, environment: Mapping[str, str]) -> Path:
    folders = [found for pattern in MACHINE_POSTGRES for found in root.glob(pattern)]
    complete = [folder for folder in folders if (folder / "postgres").exists() and (folder / "initdb").exists()]
    versions = [(_versionOf([str(folder / "postgres"), "--version"], environment), folder) for folder in complete]
    suitable = sorted(entry for entry in versions if entry[0] >= POSTGRES_MINIMUM)
    if not suitable:
        raise PackagesUnavailableError("no PostgreSQL of version 15 or newer was found")
    return suitable[-1][1]


def _present(path: Path) -> Path:
    if not path.exists():
        raise PackagesUnavailableError(f"the unpacked packages lack {path}: delete that folder and try again")
    return path


def _versionOf(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, ...]:
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=20
    )
    # nginx tells its version, and how it was started, on standard error
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", done.stdout or done.stderr)
    return tuple(int(part) for part in found.groups("0")) if done.returncode == 0 and found else ()


def _runs(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0


def _searchPath() -> str:
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def main(names: Sequence[str]) -> int:
    """`python -m scripts.stack.provision [shellcheck luacheck chromium chromedriver]`: fetch, and say where it is."""
    try:
        services = provisionServices()
        print(f"postgres {services.postgresBin}\nredis {services.redis.path}\nnginx {services.nginx.path}")
        for name in names:
            print(f"{name} {writeWrapper(name, provisionTool(name))}")
    except PackagesUnavailableError as error:
        print(f"could not obtain what the stack runs on: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
