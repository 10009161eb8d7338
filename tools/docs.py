"""The pages of the manual that come from the declarations: `make docs` writes them, a test says when they are old.

What a person reads of fields, commands, settings and kinds stands once, in the code, and is only laid out here.
"""

import argparse
import atexit
import importlib
import inspect
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
MADE = "<!-- Made by `make docs` from the code: change it there. -->\n"
SIGNS = {"|": "\\|", "\n": " "}


def ready() -> None:
    """Django, so that declarations are there; in a home of its own."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        home = tempfile.mkdtemp(prefix="bosun-docs-")
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        os.environ["BOSUN_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "bosun.config.settings"
    importlib.import_module("django").setup()


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table in Markdown."""
    names = list(head)
    lines = [names, ["---"] * len(names), *([cell(each) for each in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(value: Any) -> str:
    """A value as a cell."""
    text = str(value or "")
    for sign, written in SIGNS.items():
        text = text.replace(sign, written)
    return text


def code(words: Iterable[str]) -> str:
    """Words as code, with commas."""
    return ", ".join(f"`{word}`" for word in words)


# fields ----------------------------------------------------------------------------------------------------------


def fields_page() -> str:
    """What is kept of each kind of record."""
    registry = importlib.import_module("bosun.kernel.registry")
    lead = "What Bosun keeps, by kind of record. The key is the name in the API, in files and on the command line.\n"
    lead += "Every record also has `external_id`, and says who made and changed it, and when.\n"
    parts = [MADE, "# Fields\n\n", lead]
    for menu, title in (("main", "In the menu"), ("settings", "In the settings")):
        parts.append(f"\n## {title}\n")
        shown = [each for each in registry.all_entities() if (each.menu == "main") == (menu == "main")]
        parts += [entity_part(each) for each in shown]
    return "".join(parts)


def entity_part(entity: Any) -> str:
    """One kind of record."""
    base = importlib.import_module("bosun.kernel.entity").BASE_FIELDS
    rows = [
        (f"`{spec.name}`", spec.label, kind_of(spec.kind), notes(spec))
        for spec in entity.native_specs().values()
        if not spec.internal and spec.name not in base
    ]
    text = f"\n### {entity.plural} (`{entity.key}`)\n\n{table(('key', 'field', 'kind', ''), rows)}"
    verbs = [f"**{verb.label}** (`{verb.key}`)" for verb in entity.verbs.values()]
    lists = [str(preset.label) for preset in entity.lists]
    if verbs:
        text += f"\nVerbs: {', '.join(verbs)}.\n"
    if lists:
        text += f"\nLists that ship: {', '.join(lists)}.\n"
    return text


def kind_of(kind: Any) -> str:
    """The kind of a field in words."""
    words = kind_words(common_name(type(kind)))
    model = getattr(kind, "model", None)
    registry = importlib.import_module("bosun.kernel.registry")
    if model is not None and registry.has(model):
        return f"{words} (`{registry.of(model).key}`)"
    fixed = getattr(kind, "fixed", None) or {}
    return f"{words}: {code(fixed)}" if fixed else words


def common_name(kind: type) -> str:
    """The name that readers know a kind by; one that only looks different goes by the one it is made of."""
    kinds = importlib.import_module("bosun.kernel.kinds")
    known = next((base.__name__ for base in kind.__mro__ if base.__name__ in kinds.__all__), kind.__name__)
    return kind.__name__ if known in ("Kind", "Text", "Structured") else known


def kind_words(name: str) -> str:
    """A class name as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def notes(spec: Any) -> str:
    """What else is to be said of a field."""
    said = [str(spec.help)] if spec.help else []
    for flag, words in (("title", "names the record"), ("required", "required"), ("unique", "there once")):
        if getattr(spec, flag):
            said.append(words)
    if spec.read_only:
        said.append("set by Bosun")
    return "; ".join(said)


# kinds -----------------------------------------------------------------------------------------------------------


def is_kind(found: Any, base: type) -> bool:
    """True for the kinds among what their package exports."""
    return inspect.isclass(found) and issubclass(found, base) and found is not base


def kinds_page() -> str:
    """Every kind of field and what it can do."""
    kinds = importlib.import_module("bosun.kernel.kinds")
    fields = importlib.import_module("bosun.kernel.fields")
    by_kind: dict[str, list[str]] = {}
    for name, field in vars(fields).items():
        if inspect.isclass(field) and field.__module__ == fields.__name__ and not name.startswith("_"):
            used = re.search(r"kinds\.(\w+)\(", inspect.getsource(field))
            if used:
                by_kind.setdefault(used.group(1), []).append(name)
    rows = []
    for name in kinds.__all__:
        kind: Any = getattr(kinds, name)
        if is_kind(kind, kinds.Kind):
            about = (inspect.getdoc(kind) or "").splitlines()[0]
            declared = code(f"fields.{each}" for each in by_kind.get(name, ()))
            rows.append((f"`{name}`", declared, about, code(kind.operators), code(kind.aggregates)))
    head = ("kind", "declared as", "what it is", "operators", "sums")
    lead = "The operators are those of [conditions](README.md#conditions)."
    return f"{MADE}# Kinds of field\n\n{lead}\n\n{table(head, rows)}"


# commands and settings -------------------------------------------------------------------------------------------


def command_names() -> list[str]:
    """Every command there is."""
    return list(importlib.import_module("bosun.config.cli").names())


def commands_page() -> str:
    """Every command with its arguments."""
    cli = importlib.import_module("bosun.config.cli")
    parts = [MADE, "# Commands\n\n", "`.venv/bin/bosun COMMAND --help` says the same.\n"]
    for name in cli.names():
        command = cli.load(name)
        parser = argparse.ArgumentParser(prog=f"bosun {name}", add_help=False)
        command.add_arguments(parser)
        parts.append(f"\n## bosun {name}\n\n{(command.__doc__ or '').splitlines()[0]}\n")
        rows = list(arguments(parser))
        if rows:
            parts.append(f"\n{table(('argument', 'what it does'), rows)}")
    return "".join(parts)


def arguments(parser: argparse.ArgumentParser, before: str = "") -> Iterator[tuple[str, str]]:
    """The arguments of a command, those of its steps after them."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, step in action.choices.items():
                about = next((each.help for each in action._choices_actions if each.dest == name), "")
                yield f"`{before}{name}`", about or ""
                yield from arguments(step, f"{before}{name} ")
        elif action.dest != "help":
            names = ", ".join(action.option_strings) or action.dest.upper()
            yield f"`{before}{names}`", action.help or ""


def variables_page() -> str:
    """The settings that are read from the environment."""
    settings = (ROOT / "src" / "bosun" / "config" / "settings.py").read_text(encoding="utf-8")
    rows = "\n".join(line for line in settings.split('"""')[1].splitlines() if line.startswith("|"))
    more = "`PORT` and `BOSUN_BIND` say where `bosun serve` listens (8000, 127.0.0.1); `BOSUN_WEB_PROCESSES` and "
    more += "`BOSUN_WEB_THREADS` how wide (a process for each core up to four, four threads each); "
    more += "`BOSUN_WORKER_PROCESSES` how many processes a worker is (one for each core up to two).\n"
    return f"{MADE}# Settings from the environment\n\n{rows}\n\n{more}"


PAGES: dict[str, Callable[[], str]] = {
    "using/fields.md": fields_page,
    "extending/kinds.md": kinds_page,
    "administering/commands.md": commands_page,
    "administering/variables.md": variables_page,
}


def written() -> dict[Path, str]:
    """Every page as it should be."""
    translation = importlib.import_module("django.utils.translation")
    with translation.override("en"):
        return {DOCS / name: make() for name, make in PAGES.items()}


def main() -> int:
    """Write those that changed."""
    ready()
    for path, text in written().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
