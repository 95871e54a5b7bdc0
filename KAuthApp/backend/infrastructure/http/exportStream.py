from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence

from pydantic import JsonValue

from KAuthApp.backend.application.output.accountExportOutput import AccountExport
from shared.backend.database.personalTables import toJson


async def spellExport(export: AccountExport) -> AsyncIterator[bytes]:
    """The text of an `AccountExportOutput`, page by page: it is never in memory as a whole."""
    head = {"exportedAt": toJson(export.exportedAt), "userId": str(export.userId)}
    yield f'{json.dumps(head)[:-1]}, "data": {{'.encode()
    separator = ""
    async for name, pages in export.tables:
        yield f"{separator}\n{json.dumps(name)}: [".encode()
        async for part in _spellRows(pages):
            yield part
        yield b"]"
        separator = ","
    yield b"\n}}\n"


async def _spellRows(pages: AsyncIterator[Sequence[Mapping[str, JsonValue]]]) -> AsyncIterator[bytes]:
    separator = ""
    async for rows in pages:
        yield (separator + ", ".join(json.dumps(row, ensure_ascii=False) for row in rows)).encode()
        separator = ", "
