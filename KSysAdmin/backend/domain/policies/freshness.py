from __future__ import annotations

from datetime import timedelta
from typing import Final

FRESH_FOR: Final = timedelta(minutes=5)
"""How long ago a sign-in, or its confirmation, may be for what a thief with a stolen cookie would want."""
