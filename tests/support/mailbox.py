"""Reads what the development SMTP server keeps."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import time
from pathlib import Path

SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")


class Mailbox:
    """The Maildir of the running stack."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def textsTo(self, address: str) -> list[str]:
        """The text parts of all mail to this address, oldest first."""
        texts: list[str] = []
        for path in sorted((self._folder / "new").iterdir(), key=lambda each: each.stat().st_mtime_ns):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = message.get_body(("plain",))
            if address in str(message["To"]) and body is not None:
                texts.append(str(body.get_content()))
        return texts

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
