"""Reads what the development SMTP server keeps."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import time
from dataclasses import dataclass
from pathlib import Path

SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")


@dataclass(frozen=True)
class _Letter:
    to: str
    text: str


class Mailbox:
    """The Maildir of the running stack."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A trial waits for hundreds of messages: each is parsed once, not each time one more is looked for.
        self._letters: dict[Path, _Letter] = {}

    def textsTo(self, address: str) -> list[str]:
        """The text parts of all mail to this address, oldest first."""
        come = [path for path in (self._folder / "new").iterdir() if path not in self._letters]
        for path in sorted(come, key=lambda each: each.stat().st_mtime_ns):
            self._letters[path] = _read(path)
        return [letter.text for letter in self._letters.values() if address in letter.to]

    async def codeFor(self, address: str, after: int = 0, seconds: float = 20.0) -> str:
        """The six digits in the newest mail to this address, once more than `after` have come."""
        return await self.findingTo(address, SIX_DIGITS, after, seconds)

    async def findingTo(self, address: str, wanted: re.Pattern[str], after: int = 0, seconds: float = 20.0) -> str:
        """What was looked for in the newest mail to this address, once it has come more than `after` times."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found: list[str] = [each for text in self.textsTo(address) for each in wanted.findall(text)]
            if len(found) > after:
                return found[-1]
            await asyncio.sleep(0.1)
        raise AssertionError(f"nothing like {wanted.pattern} came to {address} within {seconds} s")


def _read(path: Path) -> _Letter:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    return _Letter(str(message["To"]), "" if body is None else str(body.get_content()))
