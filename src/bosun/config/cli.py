"""The `bosun` command: each module in `bosun.config.commands` is one subcommand."""

import argparse
import ast
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from bosun.config.failure import Failure

COMMANDS = Path(__file__).parent / "commands"
WITHOUT_DJANGO = frozenset({"bench", "serve"})
"""Commands that only start others, and so need not wait for Django to load."""
OVER_RECORDS = frozenset({"check", "explain", "export", "hash", "import", "promote", "reindex", "rules"})
"""Commands that work on whatever records there are, those of invented objects too."""


class Command(Protocol):
    """What a module in `bosun.config.commands` offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say which arguments it takes."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; the exit status comes back."""


def names() -> list[str]:
    """Every subcommand there is."""
    return sorted(path.stem for path in COMMANDS.glob("*.py") if path.stem != "__init__")


def summary(name: str) -> str:
    """The first line of a command's docstring, read without loading the command."""
    tree = ast.parse((COMMANDS / f"{name}.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").splitlines()[0]


def load(name: str) -> Command:
    """The module of a subcommand, with Django ready where it needs it."""
    if name not in WITHOUT_DJANGO:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bosun.config.settings")
        importlib.import_module("django").setup()
    return cast(Command, importlib.import_module(f"bosun.config.commands.{name}"))


def learn() -> None:
    """Read what users invented; a database that is not there yet is left for the command to complain of."""
    broken = importlib.import_module("django.db").DatabaseError
    try:
        importlib.import_module("bosun.kernel.stamps").refresh()
    except broken:
        return


def overview() -> str:
    """What `bosun --help` prints."""
    width = max(len(name) for name in names())
    lines = [f"  {name:<{width}}  {summary(name)}" for name in names()]
    return "\n".join(["usage: bosun COMMAND [arguments]", "", *lines, "", "bosun COMMAND --help says more."])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in {"-h", "--help", "help"}:
        print(overview())
        return 0
    name = given[0]
    if name == "--version":
        print(importlib.import_module("bosun").__version__)
        return 0
    if name not in names():
        print(f"bosun knows no command {name!r}.\n\n{overview()}", file=sys.stderr)
        return 2
    command = load(name)
    if name in OVER_RECORDS:
        learn()
    parser = argparse.ArgumentParser(prog=f"bosun {name}", description=command.__doc__)
    command.add_arguments(parser)
    try:
        return command.run(parser.parse_args(given[1:]))
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # `bosun export … | head`: the reader has gone, and nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
