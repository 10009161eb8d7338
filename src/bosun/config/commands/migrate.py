"""Bring the database to the state that this version needs."""

import argparse

from django.core.management import call_command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--check` only tells."""
    parser.add_argument("--check", action="store_true", help="say whether anything is to be done, and do nothing")


def run(options: argparse.Namespace) -> int:
    """Migrate, or only look."""
    if options.check:
        call_command("migrate", check_unapplied=True, verbosity=1)
        return 0
    call_command("migrate", interactive=False, verbosity=1)
    return 0
