"""Bring the database to the state that this version needs."""

import argparse

from django.core.management import call_command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much it says, and whether it does anything."""
    parser.add_argument("--quiet", action="store_true", help="say nothing")
    parser.add_argument("--check", action="store_true", help="do nothing, and end with 1 when something is due")


def run(options: argparse.Namespace) -> int:
    """Migrate, or only look."""
    call_command("migrate", interactive=False, check_unapplied=options.check, verbosity=0 if options.quiet else 1)
    return 0
