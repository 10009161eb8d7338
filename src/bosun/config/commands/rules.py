"""Rules as files: write them out, bring them in, run the tests inside them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation

from bosun.config.failure import Failure
from bosun.config.people import actor_of
from bosun.kernel import records
from bosun.kernel.actor import Act, Actor, new_batch, system_actor
from bosun.kernel.errors import DoorError, FieldError, Invalid
from bosun.platform.automation import carrying, console, filing, trying
from bosun.platform.automation.carrying import WRONG
from bosun.platform.automation.trying import Tried

ENDINGS = (".yaml", ".yml")
NOT_UTF8 = "This file is not UTF-8. Save it as UTF-8 and bring it in again."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with which files, as whom."""
    does = parser.add_subparsers(dest="do", required=True)
    out = does.add_parser(
        "export", help="write all rules, one file each into a directory, or all to the standard output"
    )
    out.add_argument("to", nargs="?", default="-", metavar="DIR|-", help="the directory; - for the standard output")
    into = does.add_parser("import", help="bring rules in; they are off until somebody switches them on")
    into.add_argument("paths", nargs="+", metavar="PATH", help="files or directories; - for the standard input")
    into.add_argument("--user", required=True, help="username of the person who imports")
    into.add_argument("--check", action="store_true", help="say what would become of each rule, and change nothing")
    test = does.add_parser("test", help="run the tests inside rules, and leave nothing of what they did")
    test.add_argument("paths", nargs="*", metavar="PATH", help="files or directories, brought in for the test only")
    test.add_argument("--all", action="store_true", help="the rules that are there")
    for each in (out, test):
        each.add_argument("--user", help="username of the person with whose rights; without it everything is open")


def run(options: argparse.Namespace) -> int:
    """Export, import or test; 1 when something was wrong or a test failed."""
    actor = actor_of(options.user) if options.user else system_actor()
    with translation.override(actor.language):
        try:
            return {"export": export, "import": bring, "test": test}[options.do](options, actor)
        except DoorError as refusal:
            raise Failure(refusal.title) from None


def export(options: argparse.Namespace, actor: Actor) -> int:
    """All rules that the person may read."""
    rows, env = list(console.rules(actor)), records.environment(actor)
    if options.to == "-":
        print(carrying.export(rows, env, carrying.own_templates(env)), end="")
        return 0
    folder = Path(options.to)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in carrying.files(rows, env).items():
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)
    return 0


def bring(options: argparse.Namespace, actor: Actor) -> int:
    """Bring rules in; with anything wrong none of them."""
    plan = carrying.bring(items_of(options.paths), Act(actor, "command", new_batch()), options.check)
    for each in plan:
        print(f"{each.state:<8} {each.key}  {each.name}")
        for line in [*each.differs, *(said(part) for part in each.problems)]:
            print(f"         {line}")
    return 1 if any(each.state == WRONG for each in plan) else 0


def test(options: argparse.Namespace, actor: Actor) -> int:
    """Run tests; those of files in rules that are taken back afterwards."""
    if bool(options.paths) == options.all:
        raise Failure("Say which files to test, or --all for the rules that are there.")
    tried = of_files(options.paths, actor) if options.paths else of_rules(actor)
    for each in tried:
        print(f"{'ok' if each.passed else 'FAILED':<7} {each.rule}: {each.name}")
        for line in each.differs:
            print(f"        {line}")
    failed = sum(1 for each in tried if not each.passed)
    print(f"{len(tried)} tests, {failed} failed")
    return 1 if failed else 0


def of_rules(actor: Actor) -> list[Tried]:
    """The tests of all rules that are there."""
    return [found for row in console.rules(actor) for found in trying.run(row, actor)]


def of_files(paths: Sequence[str], actor: Actor) -> list[Tried]:
    """The tests of rules in files, which are brought in for as long as that takes."""
    with transaction.atomic():
        plan = carrying.bring(items_of(paths), Act(actor, "command", new_batch()))
        wrong = [Tried(each.name, "-", [said(part) for part in each.problems]) for each in plan if each.problems]
        rows = [records.get("rules", each.pk, actor) for each in plan if each.pk and not wrong]
        tried = wrong or [found for row in rows for found in trying.run(row, actor)]
        transaction.set_rollback(True)
    return tried


def items_of(paths: Sequence[str]) -> list[dict[str, Any]]:
    """The rules in these files; a Failure names the file that cannot be read."""
    found: list[dict[str, Any]] = []
    for name, text in texts(paths):
        try:
            found += filing.read(text)
        except Invalid as error:
            raise Failure(f"{name}: {error.title}") from None
    return found


def texts(paths: Sequence[str]) -> list[tuple[str, str]]:
    """Name and content of each file, those of directories in order."""
    found = []
    for given in paths:
        path = Path(given)
        folder = given != "-" and path.is_dir()
        for each in sorted(each for each in path.iterdir() if each.suffix in ENDINGS) if folder else [path]:
            try:
                text = sys.stdin.buffer.read().decode() if given == "-" else each.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                raise Failure(f"{each}: {NOT_UTF8}") from None
            except OSError as error:
                raise Failure(f"{each}: {error}") from None
            found.append((str(each), text))
    return found


def said(part: FieldError) -> str:
    """One mistake, with its place."""
    return f"{part.field}: {part.message}" if part.field else part.message
