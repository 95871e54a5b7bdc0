"""A real SMTP server for development: it delivers nothing onwards and keeps every message as a file in a Maildir."""

from __future__ import annotations

import argparse
import asyncio
import mailbox
import os
import signal
from collections.abc import Sequence
from email.message import Message
from pathlib import Path

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP


class MaildirHandler(Mailbox):
    """Stores what arrives under `new`; a message is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(folder)

    def handle_message(self, message: Message) -> None:
        kept = mailbox.MaildirMessage(message)
        self.mailbox.add(kept)


async def serve(host: str, port: int, folder: Path, instanceId: str) -> None:
    """Accept mail until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    handler = MaildirHandler(folder)
    ident = f"mail {instanceId}".strip()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="localhost", ident=ident, enable_SMTPUTF8=True, loop=loop), host, port
    )
    async with server:
        await stopped.wait()


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8025)
    parser.add_argument("--maildir", type=Path, default=Path("var/mail"))
    given = parser.parse_args(argv)
    asyncio.run(serve(given.host, given.port, given.maildir, os.environ.get("K_INSTANCE_ID", "")))


if __name__ == "__main__":
    main()
