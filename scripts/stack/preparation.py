"""What a fresh checkout needs before anything of it can start, be tested or be linted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from scripts.stack.debianPackages import PackagesUnavailableError
from scripts.stack.envFile import createEnvFile
from scripts.stack.paths import BUILD, ENV_EXAMPLE, ENV_FILE, KEYS, ROOT, TOOLS, VENV, VENV_PYTHON
from scripts.stack.provision import provisionServices, provisionTool, writeWrapper
from scripts.stack.steps import Step, StepRun, hashOf
from scripts.stack.toolchains import nodeEnvironment, rustEnvironment

LOCK: Final = ROOT / "requirements" / "development.txt"
CRATE: Final = ROOT / "shared" / "rust-crypto"
WHEELS: Final = BUILD / "wheels"
FRONTENDS: Final = tuple(ROOT / name / "frontend" for name in ("KAuthApp", "KSysPayment", "KSysAdmin"))
UI_KIT: Final = ROOT / "shared" / "frontend"
API_DOCS: Final = UI_KIT / "apiDocs"
PACKAGE_LOCK: Final = ROOT / "package-lock.json"
PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
OFFLINE: Final = "Check that this machine reaches its package registries, then run the command again."


def pythonSteps() -> list[Step]:
    """Every Python dependency, exactly as locked, and the extension built from source."""
    return [
        Step(
            "python",
            "Python packages",
            _installPython,
            inputs=lambda: hashOf([LOCK], PYTHON, str(VENV)),
            outputs=(VENV / "bin" / "alembic",),
            fix=OFFLINE,
        ),
        Step(
            "extension",
            "Rust extension",
            _buildExtension,
            inputs=lambda: hashOf([CRATE], PYTHON, str(VENV)),
            outputs=(WHEELS,),
            fix="Install Rust 1.85 or newer (rustup, or the packages rustc and cargo), then run the command again.",
        ),
        Step(
            "extensionInstall",
            "Rust extension into the environment",
            _installExtension,
            inputs=lambda: hashOf([CRATE], PYTHON, str(VENV)),
            outputs=(VENV / "lib" / f"python{PYTHON}" / "site-packages" / "k_services_crypto",),
            needs=("python", "extension"),
        ),
    ]


def serviceSteps() -> list[Step]:
    """The servers that are not ours."""
    return [
        Step(
            "services",
            "PostgreSQL, Redis, nginx with Lua",
            _provision,
            inputs=lambda: hashOf([], str(TOOLS)),
            outputs=(TOOLS,),
            fix="Install postgresql, redis-server, nginx and libnginx-mod-http-lua, or run `docker compose up --wait`.",
        )
    ]


def frontendSteps() -> list[Step]:
    """Npm's packages as locked and the three applications built; none while the folders do not exist."""
    if not PACKAGE_LOCK.exists():
        return []
    manifests = [PACKAGE_LOCK, ROOT / "package.json"]
    present = [folder for folder in FRONTENDS if (folder / "package.json").exists()]
    return [
        nodeStep(),
        Step(
            "frontends",
            "Frontends",
            _npm("run", "build"),
            inputs=lambda: hashOf([*manifests, UI_KIT, *present, *ROOT.glob("tsconfig*.json")]),
            outputs=tuple(folder / "dist" for folder in (*present, API_DOCS)),
            needs=("node",),
        ),
    ]


def nodeStep() -> Step:
    """Npm's packages as locked."""
    return Step(
        "node",
        "Node packages",
        _npm("ci", "--no-audit", "--no-fund", "--loglevel=error"),
        inputs=lambda: hashOf([PACKAGE_LOCK, ROOT / "package.json"]),
        outputs=(ROOT / "node_modules",),
        fix=OFFLINE,
    )


def browserSteps() -> list[Step]:
    """A Chromium for the tests that look at pages, and a path to it that needs no environment."""
    return [
        Step(
            "browser",
            "Chromium",
            _provisionBrowser,
            inputs=lambda: hashOf([], str(TOOLS)),
            outputs=(TOOLS / "bin" / "chromium", TOOLS / "bin" / "chromedriver"),
            fix="Install the packages chromium and chromium-driver, then run the command again.",
        )
    ]


def settingsSteps() -> list[Step]:
    """`.env` and the keys, both made once and never overwritten."""
    return [
        Step(
            "settings",
            "Settings and keys",
            _makeSettings,
            inputs=lambda: str(ENV_FILE),
            outputs=(ENV_FILE, KEYS / "merchantPrivateKey.pem", KEYS / "bankPrivateKey.pem"),
            needs=("python",),
        )
    ]


def _installPython(run: StepRun) -> None:
    run.command(pip("install", "--require-hashes", "--no-deps", "-r", str(LOCK)))


def _buildExtension(run: StepRun) -> None:
    folder = WHEELS / hashOf([CRATE], PYTHON)
    if any(folder.glob("*.whl")):
        return
    environment = _orFail(run, rustEnvironment)
    maturin = [str(VENV_PYTHON), "-m", "maturin", "build", "--release", "--locked", "--compatibility", "linux"]
    run.command([*maturin, "--interpreter", str(VENV_PYTHON), "--out", str(folder)], environment, CRATE)


def _installExtension(run: StepRun) -> None:
    wheel = next((WHEELS / hashOf([CRATE], PYTHON)).glob("*.whl"))
    run.command(pip("install", "--no-deps", "--force-reinstall", "--no-index", str(wheel)))


def _provision(run: StepRun) -> None:
    _orFail(run, lambda: {"redis": str(provisionServices().redis.path)})


def _provisionBrowser(run: StepRun) -> None:
    _orFail(run, lambda: {name: str(writeWrapper(name, provisionTool(name))) for name in ("chromium", "chromedriver")})


def _npm(*arguments: str) -> Callable[[StepRun], None]:
    def runNpm(run: StepRun) -> None:
        run.command(["npm", *arguments], {**_orFail(run, nodeEnvironment), "CI": "true"})

    return runNpm


def _makeSettings(run: StepRun) -> None:
    ENV_FILE.parent.mkdir(parents=True, exist_ok=True)
    createEnvFile(ENV_EXAMPLE, ENV_FILE)
    run.command([str(VENV_PYTHON), "-m", "scripts.stack.keys", str(KEYS)])


def _orFail(run: StepRun, obtain: Callable[[], dict[str, str]]) -> dict[str, str]:
    try:
        return obtain()
    except PackagesUnavailableError as error:
        run.fail(str(error))
        raise


def pip(*arguments: str) -> list[str]:
    """Pip of the project's own environment, saying only what went wrong."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-warn-script-location"]
    return [str(VENV_PYTHON), "-m", "pip", arguments[0], *quiet, *arguments[1:]]


def allSteps() -> list[Step]:
    """Everything that `scripts/up` prepares."""
    return [*pythonSteps(), *serviceSteps(), *frontendSteps(), *settingsSteps()]


def missingOutputs() -> list[Path]:
    return [output for step in allSteps() for output in step.outputs if not output.exists()]
