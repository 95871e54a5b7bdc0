"""House names, read from the syntax tree: camelCase, PascalCase, UPPER_SNAKE, and file suffixes that tell the truth."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.stack.paths import ROOT

CAMEL: Final = re.compile(r"_{0,2}[a-z][a-zA-Z0-9]*_?")
PASCAL: Final = re.compile(r"_?[A-Z][a-zA-Z0-9]*")
CONSTANT: Final = re.compile(r"_?[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
DUNDER: Final = re.compile(r"__[a-z_]+__")
ONLY_UNDERSCORES: Final = re.compile(r"_+")
# A file of the left kind holds a class whose name ends as on the right.
SUFFIXES: Final = {
    "Interface": "Interface",
    "Service": "Service",
    "Repository": "Repository",
    "Input": "Input",
    "Output": "Output",
    "DTO": "DTO",
    "Errors": "Error",
}
# Names that uvicorn's, Alembic's and pytest's users type or that those tools look for.
FOREIGN_FILES: Final = {"public_server", "admin_server", "env", "conftest", "__init__", "__main__"}
PYDANTIC: Final = {"model_config", "model_post_init"}
# What pytest calls its own hooks and fixtures.
PYTEST_HOOKS: Final = {"pytest_configure", "pytest_collection_modifyitems"}
PYTEST_FIXTURES: Final = {"tmp_path", "tmp_path_factory"}
# These libraries' classes are what ours are made of; the methods of any other library's class cannot be renamed by us.
MATERIAL: Final = {"abc", "collections", "dataclasses", "enum", "pydantic", "sqlmodel", "typing"}
HOUSE: Final = {"KAuthApp", "KSysAdmin", "KSysPayment", "scripts", "shared", "tests"}
# What SQLAlchemy, Alembic and fastapi-users (a rival in a benchmark) look for.
LIBRARY_ATTRIBUTES: Final = {
    "cache_ok",
    "down_revision",
    "branch_labels",
    "depends_on",
    "reset_password_token_secret",
    "verification_token_secret",
}


@dataclass(frozen=True)
class Breach:
    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def breachesOf(path: str, source: str) -> Iterator[Breach]:
    """Everything in one Python file that is not named as the house names it."""
    tree = ast.parse(source)
    yield from _fileBreaches(path, tree)
    imposed = set(_imposedNodes(tree))
    for node in ast.walk(tree):
        if node not in imposed:
            yield from _nodeBreaches(path, node)
    if "from __future__ import annotations" not in source and tree.body:
        yield Breach(path, 1, "`from __future__ import annotations` is missing")


def _fileBreaches(path: str, tree: ast.Module) -> Iterator[Breach]:
    stem = Path(path).stem
    if stem not in FOREIGN_FILES and not CAMEL.fullmatch(stem):
        yield Breach(path, 1, f"a file is named camelCase.py, not {Path(path).name}")
    suffix = next((known for known in SUFFIXES if stem.endswith(known)), None)
    if suffix is None or "tests" in Path(path).parts or not _isServiceFile(path):
        return
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    if not any(name.endswith(SUFFIXES[suffix]) for name in classes):
        yield Breach(path, 1, f"a file named …{suffix} holds a class named …{SUFFIXES[suffix]}")
    if suffix == "Service" and "services" in Path(path).parts and not _hasExecute(tree):
        yield Breach(path, 1, "a use case is a class with one `execute`")


def _hasExecute(tree: ast.Module) -> bool:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [node.name for node in functions].count("execute") == 1


def _imposedNodes(tree: ast.Module) -> Iterator[ast.AST]:
    """Methods, and their arguments, of classes that inherit from a library's class: the library chose those names."""
    origins = _originsOf(tree)
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for cls in classes:
        roots = {origins.get(_rootName(base), "") for base in cls.bases} - {""}
        if roots - MATERIAL - HOUSE:
            methods = [node for node in cls.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
            yield from methods
            yield from (argument for method in methods for argument in ast.walk(method.args))


def _originsOf(tree: ast.Module) -> dict[str, str]:
    """Each imported name and the package it comes from."""
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            origins |= {alias.asname or alias.name: node.module.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.Import):
            names = [(alias.asname or alias.name, alias.name) for alias in node.names]
            origins |= {known.partition(".")[0]: module.partition(".")[0] for known, module in names}
    return origins


def _rootName(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _isServiceFile(path: str) -> bool:
    return "backend" in Path(path).parts


def _nodeBreaches(path: str, node: ast.AST) -> Iterator[Breach]:
    match node:
        case ast.ClassDef(name=name) if not PASCAL.fullmatch(name):
            yield Breach(path, node.lineno, f"a class is named PascalCase, not {name}")
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if not _isFunctionName(name):
            yield Breach(path, node.lineno, f"a function is named camelCase, not {name}")
        case ast.arg(arg=name) if not _isVariableName(name):
            yield Breach(path, node.lineno, f"an argument is named camelCase, not {name}")
        case ast.Name(id=name, ctx=ast.Store()) if not _isAssignable(name):
            yield Breach(path, node.lineno, f"a variable is camelCase, a constant UPPER_SNAKE, not {name}")
        case ast.Attribute(attr=name, ctx=ast.Store(), value=ast.Name(id="self")) if not _isVariableName(name):
            yield Breach(path, node.lineno, f"an attribute is named camelCase, not {name}")
        case ast.If(body=[ast.If()], orelse=[]):
            yield Breach(path, node.lineno, "an `if` that holds only an `if`: join them, or return early")
        case _:
            return


def _isFunctionName(name: str) -> bool:
    return bool(CAMEL.fullmatch(name) or DUNDER.fullmatch(name) or name in PYDANTIC | PYTEST_HOOKS)


def _isVariableName(name: str) -> bool:
    return bool(CAMEL.fullmatch(name) or ONLY_UNDERSCORES.fullmatch(name) or name in PYDANTIC | PYTEST_FIXTURES)


def _isAssignable(name: str) -> bool:
    patterns = (CAMEL, CONSTANT, PASCAL, DUNDER, ONLY_UNDERSCORES)
    return name in PYDANTIC | LIBRARY_ATTRIBUTES or any(pattern.fullmatch(name) for pattern in patterns)


def pythonFiles() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [Path(name) for name in listed.stdout.split("\0") if name]
    return [path for path in files if (ROOT / path).is_file()]


def main() -> int:
    breaches = [
        str(breach)
        for path in pythonFiles()
        for breach in breachesOf(str(path), (ROOT / path).read_text(encoding="utf-8"))
    ]
    print("\n".join(breaches))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
