"""uvicorn's HTTP protocol with one addition: the application may close the socket without an answer."""

from __future__ import annotations

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HANG_UP: Final = "simulator.hangUp"


class HangUpProtocol(HttpToolsProtocol):
    """Puts the transport's `abort` into the scope's extensions."""

    def on_message_begin(self) -> None:
        """Called by the parser when a request starts."""
        super().on_message_begin()
        self.scope["extensions"] = {HANG_UP: {"abort": self.transport.abort}}
