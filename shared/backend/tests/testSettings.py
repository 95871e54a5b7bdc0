from __future__ import annotations

from pathlib import Path

import pytest

from shared.backend.config.settings import PlatformSettings, SettingsError, loadSettings, toEnvName

GOOD = {
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "CRYPTO_MASTER_KEY": "m" * 32,
    "GATEWAY_SHARED_SECRET": "g" * 32,
}


@pytest.fixture(autouse=True)
def inAnEmptyFolder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (
        *GOOD,
        "HASH_MEMORY_KIB",
        "HASH_ITERATIONS",
        "SMTP_PORT",
        "LOG_LEVEL",
        "PUBLIC_BASE_URL",
        "CRYPTO_PREVIOUS_KEYS",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def give(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(("field", "name"), [("databaseUrl", "DATABASE_URL"), ("smtpHost", "SMTP_HOST")])
def testFieldsAreNamedInTheEnvironmentByTheirWords(field: str, name: str) -> None:
    assert toEnvName(field) == name


def testEveryMissingAndWrongSettingIsNamedAtOnceAndNoValueShown(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, {"CRYPTO_MASTER_KEY": "tooshort", "SMTP_PORT": "seventy"})
    with pytest.raises(SettingsError) as refusal:
        loadSettings(PlatformSettings)
    text = str(refusal.value)
    assert all(name in text for name in ("REDIS_URL", "CRYPTO_MASTER_KEY", "GATEWAY_SHARED_SECRET", "SMTP_PORT"))
    assert "tooshort" not in text
    assert "seventy" not in text


def testASecretMayComeFromAFile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "masterKey"
    secret.write_text("k" * 40 + "\n")
    give(monkeypatch, {name: value for name, value in GOOD.items() if name != "CRYPTO_MASTER_KEY"})
    monkeypatch.setenv("CRYPTO_MASTER_KEY_FILE", str(secret))
    assert loadSettings(PlatformSettings).cryptoMasterKey.get_secret_value() == "k" * 40


def testAFileThatIsNotThereIsNamed(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, GOOD)
    monkeypatch.setenv("REDIS_URL_FILE", "no/such/file")
    with pytest.raises(SettingsError, match="no/such/file"):
        loadSettings(PlatformSettings)


def testTheEnvironmentWinsOverTheDotEnvFile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in GOOD.items()) + "\nSMTP_PORT=1111\n")
    assert loadSettings(PlatformSettings).smtpPort == 1111
    monkeypatch.setenv("SMTP_PORT", "2222")
    assert loadSettings(PlatformSettings).smtpPort == 2222


def testPreviousMasterKeysAreReadByTheirIds(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, GOOD | {"CRYPTO_PREVIOUS_KEYS": "1:aaaa,2:bb:bb"})
    keys = loadSettings(PlatformSettings).previousKeys
    assert {keyId: key.get_secret_value() for keyId, key in keys.items()} == {1: "aaaa", 2: "bb:bb"}


def testNoSettingSpellsItsSecret(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, GOOD)
    assert "m" * 32 not in repr(loadSettings(PlatformSettings))


@pytest.mark.parametrize(("memoryKib", "iterations"), [("19455", "2"), ("19456", "1"), ("47103", "1"), ("64", "64")])
def testHashesAreNeverCheaperThanIsSafe(monkeypatch: pytest.MonkeyPatch, memoryKib: str, iterations: str) -> None:
    give(monkeypatch, {**GOOD, "HASH_MEMORY_KIB": memoryKib, "HASH_ITERATIONS": iterations})
    with pytest.raises(SettingsError, match="HASH_ITERATIONS: Value error, too cheap"):
        loadSettings(PlatformSettings)


def testALowMemoryIsRefusedWithTheUsualIterationsToo(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, {**GOOD, "HASH_MEMORY_KIB": "1024"})
    with pytest.raises(SettingsError, match="HASH_ITERATIONS"):
        loadSettings(PlatformSettings)


@pytest.mark.parametrize(("memoryKib", "iterations"), [("19456", "2"), ("47104", "1"), ("65536", "3")])
def testHashesMayCostMore(monkeypatch: pytest.MonkeyPatch, memoryKib: str, iterations: str) -> None:
    give(monkeypatch, {**GOOD, "HASH_MEMORY_KIB": memoryKib, "HASH_ITERATIONS": iterations})
    assert loadSettings(PlatformSettings).hashMemoryKib == int(memoryKib)


def testOlderPeppersAreAList(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, {**GOOD, "PASSWORD_OLDER_PEPPERS": "first pepper,second pepper"})
    peppers = [pepper.get_secret_value() for pepper in loadSettings(PlatformSettings).olderPeppers]
    assert peppers == ["first pepper", "second pepper"]
