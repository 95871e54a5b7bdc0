from __future__ import annotations

from pathlib import Path

import pytest

from scripts.clients.exportOpenApi import renderDocuments

FOLDER = Path(__file__).parents[3] / "shared" / "frontend" / "openapi"


@pytest.mark.parametrize("name", ["public.json", "admin.json"])
def testCommittedOpenApiDocumentIsWhatTheServerSays(name: str) -> None:
    committed = (FOLDER / name).read_text(encoding="utf-8")
    assert committed == renderDocuments()[name], "run scripts/generateClients and commit what it writes"
