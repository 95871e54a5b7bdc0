"""What a person wants to know once the stack is ready."""

from __future__ import annotations

import json
from typing import Final

from scripts.stack.paths import ENDPOINTS_FILE
from scripts.stack.runState import RunState

PAGES: Final = (
    ("Sign-in and account", "{gateway}/auth/"),
    ("Payments", "{gateway}/payment/"),
    ("Administration", "{gateway}/admin/"),
    ("API documentation", "{gateway}/api/docs"),
    ("BRI simulator", "{simulator}"),
    ("Mail (as files)", "{mailDir}"),
)


def printSummary(state: RunState, seconds: float | None) -> None:
    """The addresses, which ports had to move, and how to make the first administrator."""
    endpoints = json.loads(ENDPOINTS_FILE.read_text())
    took = f" in {seconds:.1f} s" if seconds is not None else ""
    print(f"\nReady{took}: {endpoints['gateway']}\n")
    for title, pattern in PAGES:
        if all(name in endpoints for name in ("gateway", "simulator", "mailDir") if f"{{{name}}}" in pattern):
            print(f"  {title:<20} {pattern.format(**endpoints)}")
    for name, (wanted, chosen) in state.moved.items():
        print(f"  {name}={wanted} was taken; {chosen} is used instead")
    print("\n  First administrator:  scripts/manage createAdmin --email you@example.com")
    print("  More:                 scripts/status · scripts/logs · scripts/down\n", flush=True)
