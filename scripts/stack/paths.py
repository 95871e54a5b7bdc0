"""Where the stack keeps its things; everything that is not source lives under `var/`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
VAR: Final = ROOT / "var"
RUN: Final = VAR / "run"
LOGS: Final = VAR / "log"
KEYS: Final = VAR / "keys"
STAMPS: Final = VAR / "stamps"
TOOLS: Final = Path(os.environ.get("K_TOOLS_DIR") or VAR / "tools")
VENV: Final = Path(os.environ.get("K_VENV_DIR") or ROOT / ".venv")
ENV_FILE: Final = ROOT / ".env"
ENDPOINTS_FILE: Final = RUN / "endpoints.json"
