"""Money is never a float: no float type, literal, division or conversion where money lives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

BACKEND: Final = Path(__file__).resolve().parents[1]
PLACES: Final = ("domain", "application", "infrastructure/database", "infrastructure/bri")


def findFloats(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()) | ast.Name(id="float"):
                yield node.lineno


def testNoFloatWhereMoneyLives() -> None:
    found = [
        f"{path.relative_to(BACKEND)}:{line}"
        for place in PLACES
        for path in sorted((BACKEND / place).rglob("*.py"))
        for line in findFloats(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []
