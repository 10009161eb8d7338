"""Look for mistakes: in the declarations, in missing migrations, and in the data itself."""

import argparse
import sys

from django.core.management import call_command
from django.core.management.base import SystemCheckError

from bosun.platform.integrity import checks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to look at."""
    parser.add_argument("--data", action="store_true", help="look at the data alone")


def run(options: argparse.Namespace) -> int:
    """0 when all is well, else 1, and every breach by name."""
    if not options.data and not declarations():
        return 1
    found = 0
    for name, line in checks.breaches():
        print(f"{name}: {line}")
        found += 1
    if found:
        return 1
    print(f"All is well: {', '.join(checks.names())}.")
    return 0


def declarations() -> bool:
    """True when settings and declarations hold together and no migration is missing."""
    try:
        call_command("check", fail_level="WARNING", stdout=sys.stderr)
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
    except SystemCheckError as error:
        print(error, file=sys.stderr)
        return False
    except SystemExit:
        print("migrations: a change of a model has no migration", file=sys.stderr)
        return False
    return True
