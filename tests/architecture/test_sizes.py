"""Files and functions stay short enough to be read at once."""

import ast

from tests.architecture.tree import PACKAGE, ROOT, Module, docstrings, functions, modules

FILE_LINES = 400
FUNCTION_LINES = 50
KERNEL_LINES = 4000
FOLDERS = (PACKAGE, ROOT / "tests", ROOT / "tools")


def every_file() -> list[Module]:
    return [module for folder in FOLDERS for module in modules(folder)]


def lines(module: Module) -> int:
    return module.path.read_text(encoding="utf-8").count("\n")


def test_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    long = [
        f"{module.path.relative_to(ROOT)}: {lines(module)}" for module in every_file() if lines(module) > FILE_LINES
    ]
    assert long == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{module.at(function)} {function.name}"
        for module in every_file()
        for function in functions(module)
        if (function.end_lineno or 0) - function.lineno > FUNCTION_LINES
    ]
    assert long == []


def test_the_kernel_stays_small() -> None:
    """Counted in lines that hold code: blank lines and explanations cost nobody anything."""
    held = 0
    for module in modules():
        if module.floor == "kernel":
            explained = sum(text.value.count("\n") + 1 for text in docstrings(module) if isinstance(text.value, str))
            text = module.path.read_text(encoding="utf-8")
            held += (
                len([line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")])
                - explained
            )
    assert held <= KERNEL_LINES


def asserts(function: ast.AST) -> bool:
    """True when something in a test can fail it by what it found."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in {"raises", "fail", "warns", "expect"} or name.startswith(("assert", "check_", "expect_")):
                return True
    return False


def test_every_test_asserts_something() -> None:
    of_modules = [module for path in sorted((PACKAGE / "modules").glob("*/tests")) for module in modules(path)]
    idle = [
        f"{module.at(function)} {function.name}"
        for module in [*modules(ROOT / "tests"), *of_modules]
        for function in functions(module)
        if function.name.startswith("test_") and not asserts(function)
    ]
    assert idle == []
