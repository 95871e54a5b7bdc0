from __future__ import annotations

import stat
from pathlib import Path

import pytest

from scripts.stack.envFile import (
    ADDRESSES,
    PLACEHOLDER,
    PORT_NAMES,
    SAME_VALUE,
    createEnvFile,
    faultsOf,
    freshValues,
    isOwnAddress,
    parseEnv,
    readEnvFile,
    settingsByHand,
    withFiles,
    withHttps,
    withPorts,
)
from scripts.stack.paths import ENV_EXAMPLE


def asIs(port: int) -> int:
    return port


def testEveryPlaceholderBecomesItsOwnSecret() -> None:
    values = freshValues(parseEnv(ENV_EXAMPLE.read_text()), asIs)
    assert not [name for name, value in values.items() if PLACEHOLDER in value]
    assert len(values["CRYPTO_MASTER_KEY"]) >= 32
    assert values["CRYPTO_MASTER_KEY"] != values["GATEWAY_SHARED_SECRET"]
    assert values != freshValues(parseEnv(ENV_EXAMPLE.read_text()), asIs)


def testTheBankAndTheMerchantKnowTheSameValues() -> None:
    values = freshValues(parseEnv(ENV_EXAMPLE.read_text()), asIs)
    assert all(values[name] == values[source] for name, source in SAME_VALUE.items())


def testEveryVariableOfTheExampleIsExplainedAndKnown() -> None:
    values = parseEnv(ENV_EXAMPLE.read_text())
    assert set(PORT_NAMES) | set(ADDRESSES) | set(SAME_VALUE) <= set(values)
    paragraphs = ENV_EXAMPLE.read_text().split("\n\n")
    assert all(paragraph.lstrip().startswith("#") for paragraph in paragraphs)


def testTheFileIsForItsOwnerAloneAndIsNeverOverwritten(tmp_path: Path) -> None:
    target = tmp_path / ".env"
    assert createEnvFile(ENV_EXAMPLE, target, asIs)
    first = target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert not createEnvFile(ENV_EXAMPLE, target, asIs)
    assert target.read_text() == first


def testEveryFaultIsNamedAtOnceAndNoValueIs() -> None:
    example = parseEnv(ENV_EXAMPLE.read_text())
    values = freshValues(example, asIs)
    assert faultsOf(values, example) == []
    bad = values | {"REDIS_PORT": "99999", "PUBLIC_SERVER_PORT": "abc"}
    bad |= {"BRI_CLIENT_SECRET": "", "BRI_CLIENT_ID": PLACEHOLDER}
    bad |= {"DATABASE_OWNER_URL": "postgresql+asyncpg://k_owner:hidden@127.0.0.1:none/k_platform"}
    del bad["CRYPTO_MASTER_KEY"]
    faults = faultsOf(bad, example)
    assert sorted(fault.split()[0] for fault in faults) == [
        "BRI_CLIENT_ID",
        "BRI_CLIENT_SECRET",
        "CRYPTO_MASTER_KEY",
        "DATABASE_OWNER_URL",
        "PUBLIC_SERVER_PORT",
        "REDIS_PORT",
    ]
    assert not any("hidden" in fault for fault in faults)
    assert len(faultsOf({}, example)) > len([value for value in example.values() if PLACEHOLDER in value])


def testASecretFromAFileAndADatabaseElsewhereNeedNoMore() -> None:
    example = parseEnv(ENV_EXAMPLE.read_text())
    values = freshValues(example, asIs) | {"CRYPTO_MASTER_KEY": "", "CRYPTO_MASTER_KEY_FILE": "/run/secrets/key"}
    elsewhere = "postgresql+asyncpg://k_public:x@db.example.com:5432/k_platform"
    values |= {"DATABASE_PUBLIC_URL": elsewhere, "DATABASE_SUPERUSER_URL": ""}
    assert faultsOf(values, example) == []


def testATakenPortMovesEveryAddressThatSpeaksOfIt() -> None:
    values = freshValues(parseEnv(ENV_EXAMPLE.read_text()), asIs)
    moved = withPorts(values, {"GATEWAY_HTTP_PORT": 21080, "DATABASE_PORT": 21432})
    assert moved["PUBLIC_BASE_URL"] == "http://localhost:21080"
    assert moved["SIMULATOR_MERCHANT_BASE_URL"] == "http://127.0.0.1:21080/api/payment/bri"
    assert moved["DATABASE_OWNER_URL"].endswith("@127.0.0.1:21432/k_platform")
    assert moved["REDIS_URL"] == values["REDIS_URL"]


def testTheAddressOfAServerElsewhereStays() -> None:
    values = {"DATABASE_PORT": "25432", "DATABASE_OWNER_URL": "postgresql+asyncpg://k_owner:x@db.example:25432/k"}
    moved = withPorts(values, {"DATABASE_PORT": 21432})
    assert moved["DATABASE_OWNER_URL"] == values["DATABASE_OWNER_URL"]
    assert not isOwnAddress(values["DATABASE_OWNER_URL"], "25432")


@pytest.mark.parametrize(
    ("url", "isFit"),
    [
        ("redis://127.0.0.1:26379,127.0.0.1:26380/0", True),
        ("redis://name:word@one:26379,[::1]:26380/0", True),
        ("redis://one:26379,other:port/0", False),
        ("redis://one:26379,/0", False),
    ],
)
def testARedisMayBeOneOfSeveralHostsAndIsThenSomebodyElses(url: str, isFit: bool) -> None:
    example = parseEnv(ENV_EXAMPLE.read_text())
    values = freshValues(example, asIs) | {"REDIS_URL": url}
    assert (faultsOf(values, example) == []) == isFit
    assert withPorts(values, {"REDIS_PORT": 21379})["REDIS_URL"] == url
    assert not isOwnAddress("redis://127.0.0.1:26379,127.0.0.1:26380/0", "26379")


def testTheEnvironmentWinsOverTheFile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text('A=one\nB="two words"\n# C=three\n')
    monkeypatch.setenv("A", "other")
    assert readEnvFile(tmp_path / ".env") == {"A": "other", "B": "two words"}


def testAPartStartedAloneReadsTheFileUnderTheEnvironment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    envFile = tmp_path / ".env"
    envFile.write_text("REDIS_PORT=1\nSMTP_PORT=2\n")
    monkeypatch.setenv("REDIS_PORT", "7")
    assert settingsByHand(envFile)["REDIS_PORT"] == "7"
    assert settingsByHand(envFile)["SMTP_PORT"] == "2"
    assert settingsByHand(tmp_path / "none")["REDIS_PORT"] == "7"


def testANamedFileGivesTheValue(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("kept\n")
    named = {"NAME_FILE": str(tmp_path / "secret"), "DATA_FILE": "/dev/full"}
    assert withFiles(named, ["NAME", "OTHER"]) == {**named, "NAME": "kept"}
    assert withFiles(named | {"NAME": "given"}, ["NAME"])["NAME"] == "given"
    assert withFiles(named | {"NAME": ""}, ["NAME"])["NAME"] == "kept"


def testWithTlsTheAddressesOfTheGatewayAreHttps() -> None:
    values = {
        "GATEWAY_HTTP_PORT": "8080",
        "PUBLIC_BASE_URL": "http://localhost:8080",
        "SIMULATOR_MERCHANT_BASE_URL": "http://127.0.0.1:8080/api/payment/bri",
    }
    assert withHttps(values) == {
        "PUBLIC_BASE_URL": "https://localhost:8080",
        "SIMULATOR_MERCHANT_BASE_URL": "https://127.0.0.1:8080/api/payment/bri",
    }
    assert withHttps({**values, "GATEWAY_HTTPS_PORT": "8443"})["PUBLIC_BASE_URL"] == "https://localhost:8443"
    elsewhere = {
        **values,
        "PUBLIC_BASE_URL": "https://k.example",
        "SIMULATOR_MERCHANT_BASE_URL": "https://k.example/api",
    }
    assert withHttps(elsewhere)["PUBLIC_BASE_URL"] == "https://k.example", "who serves it there has seen to it"
