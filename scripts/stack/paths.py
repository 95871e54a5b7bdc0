"""Where the stack keeps its things; everything that is not source lives under `var/`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

# What one running stack writes. K_VAR_DIR gives a second stack of the same checkout a place of its own.
VAR: Final = Path(os.environ.get("K_VAR_DIR") or ROOT / "var").resolve()
RUN: Final = VAR / "run"
LOGS: Final = VAR / "log"
KEYS: Final = VAR / "keys"
ENV_EXAMPLE: Final = ROOT / ".env.example"
ENV_FILE: Final = VAR / ".env" if "K_VAR_DIR" in os.environ else ROOT / ".env"
STATE_FILE: Final = RUN / "state.json"
LOCK_FILE: Final = RUN / "supervisor.lock"
ENVIRONMENT_FILE: Final = RUN / "environment.json"
ENDPOINTS_FILE: Final = RUN / "endpoints.json"

# What is built or fetched once for every stack of this checkout.
BUILD: Final = ROOT / "var" / "build"
STAMPS: Final = BUILD / "stamps"
TOOLS: Final = Path(os.environ.get("K_TOOLS_DIR") or ROOT / "var" / "tools").resolve()
VENV: Final = Path(os.environ.get("K_VENV_DIR") or ROOT / ".venv").absolute()
VENV_PYTHON: Final = VENV / "bin" / "python"
