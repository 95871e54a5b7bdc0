"""Money is never a float: no float type, literal, division or conversion in the code, no such column or variable."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from KSysPayment.backend.domain.models.paymentTable import paymentRegistry
from KSysPayment.backend.tests.support.paymentServer import PaymentServer, ReadAsOwner

BACKEND: Final = Path(__file__).resolve().parents[1]
PLACES: Final = ("domain", "application", "infrastructure")
FLOAT_NAMES: Final = frozenset({"float", "Float", "Double", "DOUBLE_PRECISION", "REAL", "complex"})
FLOAT_MODULES: Final = frozenset({"math", "cmath", "statistics", "numpy"})
FLOAT_SQL: Final = re.compile(r"\b(float[48]?|real|double precision|numeric|decimal)\b|::money\b", re.IGNORECASE)
READS_NO_AMOUNT: Final = {
    "application/services/issueInboundTokenService.py",  # only the grant type
}
"""json.loads without parse_float reads numbers as floats."""


def findFloats(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex()):
                yield node.lineno
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in FLOAT_NAMES:
                yield node.lineno
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()) if not isTimeOrPath(node):
                yield node.lineno
            case ast.Import(names=names) if {alias.name for alias in names} & FLOAT_MODULES:
                yield node.lineno
            case ast.ImportFrom(module=module) if module in FLOAT_MODULES:
                yield node.lineno


def isTimeOrPath(node: ast.BinOp | ast.AugAssign) -> bool:
    """Half of a time span is a time span: the only division there is."""
    return isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name) and node.left.id == "lifetime"


def findLooseJson(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="json"), attr="loads" | "load"), keywords=keywords):
                if "parse_float" not in {keyword.arg for keyword in keywords}:
                    yield node.lineno


def sources() -> Sequence[Path]:
    return sorted(path for place in PLACES for path in (BACKEND / place).rglob("*.py"))


def treeOf(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


def testNoFloatWhereMoneyLives() -> None:
    found = [f"{path.relative_to(BACKEND)}:{line}" for path in sources() for line in findFloats(treeOf(path))]
    assert found == []


def testNumbersOfOthersAreReadAsDecimals() -> None:
    files = [path for path in sources() if str(path.relative_to(BACKEND)) not in READS_NO_AMOUNT]
    found = [f"{path.relative_to(BACKEND)}:{line}" for path in files for line in findLooseJson(treeOf(path))]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "x: float",
        "x = 0.5",
        "x = a / b",
        "x /= 2",
        "x = float(a)",
        "import math",
        "from math import floor",
        "sa.Float()",
    ],
)
def testTheSearchFindsWhatItLooksFor(code: str) -> None:
    assert list(findFloats(ast.parse(code))) == [1]


def testTheSearchFindsNumbersReadAsFloats() -> None:
    assert list(findLooseJson(ast.parse("json.loads(raw)"))) == [1]
    assert list(findLooseJson(ast.parse("json.loads(raw, parse_float=Decimal)"))) == []


async def testNoColumnAndNoFunctionOfTheDatabaseHoldsAFloat(server: PaymentServer, readAsOwner: ReadAsOwner) -> None:
    tables = sorted(table.name for table in paymentRegistry.metadata.tables.values())
    columns = await readAsOwner(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_name = ANY($1)", tables
    )
    assert {row["table_name"] for row in columns} == set(tables)
    inexact = {"real", "double precision", "numeric", "money"}
    assert [row for row in columns if row["data_type"] in inexact] == []
    minors = [row for row in columns if str(row["column_name"]).endswith("_minor")]
    assert {row["data_type"] for row in minors} == {"bigint"}
    functions = await readAsOwner(
        "SELECT p.proname, pg_get_functiondef(p.oid) AS source FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
        " WHERE pronamespace = 'public'::regnamespace AND l.lanname IN ('sql', 'plpgsql')"
    )
    assert "settle_receipt" in {row["proname"] for row in functions}
    assert [row["proname"] for row in functions if FLOAT_SQL.search(str(row["source"]))] == []
