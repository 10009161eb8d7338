"""Write the migrations that changed declarations ask for; for those who work on Bosun or a package of their own."""

import argparse

from django.core.management import call_command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which apps, and whether it only looks."""
    parser.add_argument("apps", nargs="*", help="labels such as customers; all without")
    parser.add_argument("--check", action="store_true", help="write nothing, and end with 1 when something is due")


def run(options: argparse.Namespace) -> int:
    """Compare declarations with migrations, and write what lacks."""
    call_command("makemigrations", *options.apps, check_changes=options.check, dry_run=options.check, interactive=False)
    return 0
