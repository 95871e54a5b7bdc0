"""One tree for OpenResty, Debian 12 and Debian 13: what differs is rendered, and is what it has to be."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx
import pytest

from nginx.tests.gatewayUnderTest import GatewayUnderTest
from scripts.stack.gatewayConfig import TREE, renderGatewayConfig
from scripts.stack.ownCertificate import ensureOwnCertificate
from scripts.stack.provision import MODULE_FILES, NginxTool, ServiceTools

VALUES: Final = {
    "GATEWAY_HTTP_PORT": "28080",
    "GATEWAY_METRICS_PORT": "29145",
    "PUBLIC_SERVER_PORT": "28001",
    "ADMIN_SERVER_PORT": "28002",
    "REDIS_URL": "redis://127.0.0.1:26379/0",
    "GATEWAY_SHARED_SECRET": "secret",
}
OPENRESTY: Final = NginxTool(Path("/usr/local/openresty/nginx/sbin/nginx"), "openresty", version=(1, 27, 1))
DEBIAN_12: Final = NginxTool(
    Path("/usr/sbin/nginx"),
    "nginx",
    tuple(Path("/usr/lib/nginx/modules", name) for name in MODULE_FILES),
    luaPath="/usr/share/lua/5.1/?.lua",
    luaCpath="/usr/lib/x86_64-linux-gnu/lua/5.1/?.so",
    version=(1, 22, 1),
)
DEBIAN_13: Final = replace(DEBIAN_12, version=(1, 26, 3))
# What the committed defaults write, by how its path begins.
TEMPORARY: Final = f"{tempfile.gettempdir()}/k-gateway"
# The only lines that may differ, by the file of `runtime/` they are in.
MAY_DIFFER: Final = {
    "main.conf": re.compile(r"^(load_module|env) "),
    "http.conf": re.compile(r"^(lua_package_c?path |include conf\.d/parts/brotli\.conf;)"),
    "listen.conf": re.compile(r"^(listen |http2 on;)"),
}


def rendered(tool: NginxTool, folder: Path, values: Mapping[str, str]) -> dict[str, list[str]]:
    renderGatewayConfig(tool, {**VALUES, **values}, folder)
    return {path.name: path.read_text().splitlines() for path in (folder / "runtime").iterdir()}


@pytest.fixture(name="tls")
def withTls(tmp_path: Path) -> Mapping[str, str]:
    certificate, key = ensureOwnCertificate(tmp_path / "certificate", ["localhost"])
    return {
        "GATEWAY_TLS_CERTIFICATE": str(certificate),
        "GATEWAY_TLS_KEY": str(key),
        "GATEWAY_HTTPS_PORT": "28443",
        "PUBLIC_BASE_URL": "https://localhost:28443",
        "GATEWAY_ACME_FOLDER": str(tmp_path / "acme"),
    }


def testNothingElseDiffers(tmp_path: Path, tls: Mapping[str, str]) -> None:
    # one folder for all, so that its path makes no difference
    platforms = [rendered(tool, tmp_path / "gateway", tls) for tool in (OPENRESTY, DEBIAN_12, DEBIAN_13)]
    for name in platforms[0]:
        common = MAY_DIFFER.get(name)
        kept = [[line for line in each[name] if not (common and common.match(line))] for each in platforms]
        assert kept[0] == kept[1] == kept[2], name


def testEachPlatformIsToldItsOwn(tmp_path: Path, tls: Mapping[str, str]) -> None:
    openresty, debian12, debian13 = (
        rendered(tool, tmp_path / "gateway", tls) for tool in (OPENRESTY, DEBIAN_12, DEBIAN_13)
    )
    assert [line for line in openresty["main.conf"] if line.startswith("load_module")] == []
    for debian in (debian12, debian13):
        loaded = [line for line in debian["main.conf"] if line.startswith("load_module")]
        assert [name in line for name, line in zip(MODULE_FILES, loaded, strict=True)] == [True, True]
    assert [line for line in debian12["listen.conf"] if line.endswith(" ssl http2 reuseport;")]
    for newer in (openresty, debian13):
        assert "http2 on;" in newer["listen.conf"]
        assert [line for line in newer["listen.conf"] if "ssl http2" in line] == []


def testMoreThanAPipeTakesWholeIsWrittenIntoFilesOnly(tmp_path: Path) -> None:
    """Else lines of two workers would mix."""
    pipe, there, link = tmp_path / "pipe", tmp_path / "there.log", tmp_path / "link.log"
    os.mkfifo(pipe)
    there.touch()
    link.symlink_to("/dev/stdout")
    sizes = {}
    for target in (str(pipe), str(link), "/dev/stdout", "", str(there), str(tmp_path / "new.log")):
        files = rendered(DEBIAN_12, tmp_path / "gateway", {"GATEWAY_ACCESS_LOG": target})
        sizes[target] = re.findall(r"^access_log .* buffer=(\w+) ", "\n".join(files["http.conf"]), re.MULTILINE)
    assert list(sizes.values()) == [["4k"]] * 4 + [["32k"]] * 2


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"GATEWAY_PUBLIC_SERVERS": "127.0.0.1:1,127.0.0.1:2", "GATEWAY_RESOLVER": "127.0.0.11"},
        {"GATEWAY_TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::/32", "GATEWAY_ADMIN_ALLOWED": "10.0.0.0/8"},
        {"GATEWAY_ACME_FOLDER": "/srv/acme", "GATEWAY_WORKERS": "3", "GATEWAY_NODES": "2"},
        {"PUBLIC_BASE_URL": f"https://{'a' * 60}.{'b' * 60}.example:8443/"},
        {"PUBLIC_BASE_URL": "http://localhost:28080"},
        {"PUBLIC_BASE_URL": "http://default"},
        {"PUBLIC_BASE_URL": "http://include"},
        {"PUBLIC_BASE_URL": "http://[::1]:8080"},
        {"PUBLIC_BASE_URL": "http://~x{};$@K.Example"},
    ],
    ids=[
        "plain",
        "several servers",
        "behind a proxy",
        "with proofs",
        "long name",
        "own name",
        "word of nginx",
        "another word",
        "IPv6",
        "no name",
    ],
)
def testTheNginxHereAcceptsIt(tools: ServiceTools, tmp_path: Path, values: Mapping[str, str]) -> None:
    ensureAccepted(tools.nginx, renderGatewayConfig(tools.nginx, {**VALUES, **values}, tmp_path))


def testTheNginxHereAcceptsItWithTls(tools: ServiceTools, tmp_path: Path, tls: Mapping[str, str]) -> None:
    ensureAccepted(tools.nginx, renderGatewayConfig(tools.nginx, {**VALUES, **tls}, tmp_path))


def testTheCommittedDefaultsAreAccepted(tools: ServiceTools, tmp_path: Path) -> None:
    """For a start by hand from the project's root, with the modules of the nginx that is here."""
    tree = tmp_path / "nginx"
    shutil.copytree(TREE, tree, symlinks=True, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    mainFile = tree / "runtime" / "main.conf"
    modules = "".join(f"load_module {module};\n" for module in tools.nginx.modules)
    text = mainFile.read_text().replace("include /etc/nginx/modules-enabled/*.conf;\n", modules)
    mainFile.write_text(text.replace(f"{TEMPORARY}.pid", str(tmp_path / "nginx.pid")))
    httpFile = tree / "runtime" / "http.conf"
    httpFile.write_text(
        httpFile.read_text()
        .replace("./nginx/", f"{tree}/")
        .replace(";;", f";{tools.nginx.luaPath};;", 1)
        .replace(TEMPORARY, str(tmp_path / "temporary"))
    )
    ensureAccepted(tools.nginx, [str(tools.nginx.path), "-p", str(tree), "-c", str(tree / "nginx.conf")])


def ensureAccepted(nginx: NginxTool, command: list[str]) -> None:
    environment = {**nginx.environment, "PATH": "/usr/bin:/bin"}
    done = subprocess.run([*command, "-t"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


async def testTextIsSmallInTheBestWayThatIsThere(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    path = "/auth/assets/index-a1b2c3d4.js"
    expected = {
        "br, gzip": "br" if gateway.tools.nginx.hasBrotli else "gzip",
        "gzip, deflate": "gzip",
        "identity": None,
    }
    for accepted, used in expected.items():
        answer = await client.get(path, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == used, accepted
        assert "accept-encoding" in answer.headers["vary"].lower()
    assert len((await client.get(path)).text) > 1024
