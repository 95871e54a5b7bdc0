from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from admin_server import createAdminApp
from public_server import createPublicApp


def renderDocuments() -> Mapping[str, str]:
    """The OpenAPI document of each server by file name, as it is committed. Opens nothing: no server has to run."""
    apps = {"public.json": createPublicApp(), "admin.json": createAdminApp()}
    return {name: json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n" for name, app in apps.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the OpenAPI documents of both servers.")
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in renderDocuments().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
