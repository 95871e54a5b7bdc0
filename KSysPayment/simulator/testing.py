"""For tests of others: start the simulator as the separate program it is."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

REPOSITORY_ROOT: Final = Path(__file__).resolve().parents[2]
READY_SECONDS: Final = 120.0
STOP_SECONDS: Final = 30.0
COMPANY_CODE: Final = "22084"


class SimulatorStartError(RuntimeError):
    """The program did not come up; the message carries what it wrote."""


@dataclass
class RunningSimulator:
    """A running simulator; `briEnvironment` holds the BRI_* settings a merchant needs to talk to it."""

    baseUrl: str
    briEnvironment: Mapping[str, str]
    environment: Mapping[str, str]
    directory: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    def stop(self) -> None:
        """End it in an orderly way."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start it again on the same port with the same file."""
        self.process = launch(self.environment, self.directory)
        awaitReadiness(self.process, self.baseUrl, self.directory)

    def _end(self, number: signal.Signals) -> None:
        if self.process.poll() is not None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def startSimulator(
    directory: Path,
    merchantBaseUrl: str = "http://127.0.0.1:9/api/payment/bri",
    *,
    port: int | None = None,
    overrides: Mapping[str, str] | None = None,
) -> RunningSimulator:
    """Make keys and secrets in `directory`, start the program, wait until it answers.

    `overrides` are further SIMULATOR_* variables. The caller stops what it has started.
    """
    directory.mkdir(parents=True, exist_ok=True)
    usedPort = port if port is not None else findFreePort()
    baseUrl = f"http://127.0.0.1:{usedPort}"
    merchantKey, merchantPublicKey = writeKeyPair(directory, "merchant")
    bankKey, bankPublicKey = writeKeyPair(directory, "bank")
    credentials = {
        "CLIENT_ID": secrets.token_hex(16),
        "CLIENT_SECRET": secrets.token_hex(8),
        "PARTNER_ID": "KTESTPARTNER",
        "CHANNEL_ID": "00009",
        "PARTNER_SERVICE_ID": COMPANY_CODE,
        "INBOUND_CLIENT_ID": secrets.token_hex(15),
        "INBOUND_CLIENT_SECRET": secrets.token_hex(15),
    }
    environment = {
        **{f"SIMULATOR_{name}": value for name, value in credentials.items()},
        "SIMULATOR_PORT": str(usedPort),
        "SIMULATOR_DATA_FILE": str(directory / "simulator.sqlite3"),
        "SIMULATOR_MERCHANT_BASE_URL": merchantBaseUrl,
        "SIMULATOR_MERCHANT_PUBLIC_KEY_FILE": str(merchantPublicKey),
        "SIMULATOR_BANK_PRIVATE_KEY_FILE": str(bankKey),
        **(overrides or {}),
    }
    process = launch(environment, directory)
    awaitReadiness(process, baseUrl, directory)
    briEnvironment = {
        **{f"BRI_{name}": value for name, value in credentials.items()},
        "BRI_BASE_URL": baseUrl,
        "BRI_PRIVATE_KEY_FILE": str(merchantKey),
        "BRI_BANK_PUBLIC_KEY_FILE": str(bankPublicKey),
    }
    return RunningSimulator(baseUrl, briEnvironment, environment, directory, process)


def findFreePort() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def writeKeyPair(directory: Path, name: str) -> tuple[Path, Path]:
    """The paths of a fresh private and public PEM; pairs already there are kept."""
    privatePath, publicPath = directory / f"{name}Private.pem", directory / f"{name}Public.pem"
    if privatePath.exists() and publicPath.exists():
        return privatePath, publicPath
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    privatePath.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    privatePath.chmod(0o600)
    publicPath.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return privatePath, publicPath


def launch(environment: Mapping[str, str], directory: Path) -> subprocess.Popen[bytes]:
    """Start the program; what it writes goes to simulator.log in the directory."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SIMULATOR_")}
    with (directory / "simulator.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "KSysPayment.simulator"],
            cwd=directory,
            env={**inherited, "PYTHONPATH": str(REPOSITORY_ROOT), **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def awaitReadiness(process: subprocess.Popen[bytes], baseUrl: str, directory: Path) -> None:
    """Return when the program answers; SimulatorStartError when it ends or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if isAlive(baseUrl):
            return
        time.sleep(0.05)
    process.kill()
    process.wait()
    written = (directory / "simulator.log").read_text(encoding="utf-8", errors="replace")
    raise SimulatorStartError(f"the simulator did not come up:\n{written[-4000:]}")


def isAlive(baseUrl: str) -> bool:
    """Whether the program answers."""
    try:
        return httpx.get(f"{baseUrl}/health/live", timeout=1.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
