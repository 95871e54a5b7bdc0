"""The README's promises, kept by running them."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.support.people import Customer
from tests.support.runningStack import ROOT, RunningStack

README = (ROOT / "README.md").read_text()
SCRIPTS = sorted(set(re.findall(r"\./scripts/(\w+)", README)))
LOCAL_ADDRESSES = sorted(set(re.findall(r"http://localhost:8080(/[^\s>`]*)", README)))


def testTheFirstBlockIsTheTwoCommands() -> None:
    firstBlock = README.split("```sh\n", 1)[1].split("```", 1)[0]
    assert [line.split()[0] for line in firstBlock.splitlines()] == ["./scripts/up", "./scripts/test"]


@pytest.mark.parametrize("script", SCRIPTS)
def testEveryNamedCommandIsThereAndExplainsItself(script: str) -> None:
    done = subprocess.run(
        [str(ROOT / "scripts" / script), "--help"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "usage" in done.stdout.lower()


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:shared|scripts|nginx|var|tests|\.env)[\w./-]+)`", README)))
)
def testEveryNamedPathIsThere(path: str) -> None:
    assert path.startswith("var/") or (ROOT / path).exists()


@pytest.mark.parametrize("picture", re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README))
def testEveryPictureIsThere(picture: str) -> None:
    assert (ROOT / picture).is_file()


@pytest.mark.stack
@pytest.mark.parametrize("path", LOCAL_ADDRESSES)
async def testEveryNamedAddressAnswers(stack: RunningStack, path: str) -> None:
    async with httpx.AsyncClient(base_url=stack.endpoints.gateway, follow_redirects=True) as reader:
        answer = await reader.get(path)
    assert answer.status_code == 200


@pytest.mark.stack
def testASecondUpSaysItIsRunning(stack: RunningStack) -> None:
    again = stack.run("up")
    assert again.returncode == 0
    assert "running" in (again.stdout + again.stderr).lower()


@pytest.mark.stack
def testStatusNamesEveryProcess(stack: RunningStack) -> None:
    status = stack.run("status")
    assert status.returncode == 0, status.stdout + status.stderr
    for name in ("publicServer", "adminServer", "gateway", "postgres", "redis"):
        assert name in status.stdout


@pytest.mark.stack
def testManageVerifiesTheAuditChain(stack: RunningStack) -> None:
    verified = stack.run("manage", "verifyAudit")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def testTheManualWayNamesFilesThatExist() -> None:
    for path in ("shared/rust-crypto/pyproject.toml", "docker-compose.yml", "nginx/nginx.conf"):
        assert (ROOT / path).is_file()
    assert (Path(ROOT) / "KSysAdmin/backend/infrastructure/database/alembic.ini").is_file()


@pytest.mark.stack
async def testManageRotatesTheSigningKeyWithoutSigningAnybodyOut(stack: RunningStack, customer: Customer) -> None:
    before = (await customer.get("/api/auth/.well-known/jwks.json")).json()["keys"]
    rotated = stack.run("manage", "rotateKeys")
    assert rotated.returncode == 0, rotated.stdout + rotated.stderr
    assert (await customer.get("/api/auth/me")).status_code == 200
    await asyncio.sleep(2)
    after = (await customer.get("/api/auth/.well-known/jwks.json")).json()["keys"]
    assert {key["kid"] for key in before} < {key["kid"] for key in after}
