"""Imports stand at the top, go down, and never in a circle. The floors are import-linter's (pyproject.toml)."""

import ast

import grimp

from tests.architecture.tree import Module, modules


def own_imports(node: ast.AST) -> bool:
    """True for an import of our own code."""
    if isinstance(node, ast.Import):
        return any(name.name.split(".")[0] == "bosun" for name in node.names)
    return isinstance(node, ast.ImportFrom) and (node.level > 0 or (node.module or "").split(".")[0] == "bosun")


def hidden_imports(module: Module) -> list[str]:
    """Own imports inside functions, except in the `ready` of an AppConfig, which is the place Django gives for them."""
    ready = {
        function
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and module.path.name == "apps.py"
        for function in node.body
        if isinstance(function, ast.FunctionDef) and function.name == "ready"
    }
    found = []
    for function in ast.walk(module.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or function in ready:
            continue
        found += [module.at(node) for node in ast.walk(function) if isinstance(node, ast.stmt) and own_imports(node)]
    return found


def test_own_code_is_imported_at_the_top() -> None:
    assert [place for module in modules() for place in hidden_imports(module)] == []


def test_imports_name_the_whole_path() -> None:
    relative = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach one another (Tarjan's strongly connected components of more than one)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in graph[name]:
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                found.append(sorted(group))

    for name in graph:
        if name not in order:
            visit(name)
    return found


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b"}, "b": set()}) == []


def test_no_two_modules_import_each_other() -> None:
    graph = grimp.build_graph("bosun", exclude_type_checking_imports=True, cache_dir=None)
    assert circles({name: graph.find_modules_directly_imported_by(name) for name in graph.modules}) == []
