"""Every Python file of the product as a syntax tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "bosun"
NO_BUSINESS = ("kernel", "platform", "web", "api")
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def floor(self) -> str:
        """kernel, platform, web … or empty for the package itself."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    def at(self, node: ast.stmt | ast.expr) -> str:
        """Where a node stands, as an editor opens it."""
        return f"{self.path.relative_to(ROOT)}:{node.lineno}"


@cache
def modules(folder: Path = PACKAGE) -> tuple[Module, ...]:
    """Every file below a folder, without migrations, which a program writes, and without the tests of modules."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        inside = path.relative_to(folder).parts[:-1]
        if "migrations" in inside or (folder == PACKAGE and "tests" in inside):
            continue
        base = SOURCE if path.is_relative_to(SOURCE) else ROOT
        name = ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__")
        found.append(Module(path, name, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))))
    return tuple(found)


def functions(module: Module) -> Iterator[FunctionNode]:
    """Every function and method, nested ones too."""
    for node in ast.walk(module.tree):
        if isinstance(node, FunctionNode):
            yield node


def docstrings(module: Module) -> set[ast.Constant]:
    """The string constants that only explain: a string that stands as a statement of its own."""
    return {
        node.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def business_modules() -> list[str]:
    """The names of the business modules that exist."""
    return sorted(path.parent.name for path in (PACKAGE / "modules").glob("*/__init__.py"))
