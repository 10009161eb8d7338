"""Kernel, platform, web and api serve any entity: they name no business module and no entity of one."""

import ast
import re
from pathlib import Path

from bosun.kernel import registry
from tests.architecture.tree import NO_BUSINESS, PACKAGE, ROOT, business_modules, docstrings, modules

TEXTS = ("*.html", "*.js", "*.txt", "*.svg")
COMMENTS = re.compile(r"{#.*?#}|{% comment.*?endcomment %}|/\*.*?\*/|(?<!:)//[^\n]*|<!--.*?-->", re.DOTALL)
NOT_OURS = {"vendor"}


def words() -> re.Pattern[str]:
    """The names of modules, and the keys of the entities that they declare."""
    found = set(business_modules())
    for entity in registry.all_entities():
        if entity.model.__module__.startswith("bosun.modules."):
            found.add(entity.key)
    return re.compile(r"\b(" + "|".join(sorted(map(re.escape, found))) + r")\b", re.IGNORECASE)


def texts_of(floor: str) -> list[Path]:
    return [
        path
        for pattern in TEXTS
        for path in sorted((PACKAGE / floor).rglob(pattern))
        if not NOT_OURS.intersection(path.parts) and path.name != "icons.txt"
    ]


def test_strings_of_the_lower_floors_name_no_business() -> None:
    named = words()
    found = []
    for module in modules():
        if module.floor not in NO_BUSINESS:
            continue
        explaining = docstrings(module)
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node in explaining:
                continue
            if hit := named.search(node.value):
                found.append(f"{module.at(node)} {hit[0]}")
    assert found == []


def test_templates_and_scripts_of_the_lower_floors_name_no_business() -> None:
    named = words()
    found = [
        f"{path.relative_to(ROOT)}: {hit[0]}"
        for floor in NO_BUSINESS
        for path in texts_of(floor)
        if (hit := named.search(COMMENTS.sub("", path.read_text(encoding="utf-8"))))
    ]
    assert found == []
