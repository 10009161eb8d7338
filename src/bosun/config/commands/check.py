"""Look for mistakes in the declarations, the settings, and missing migrations."""

import argparse
import sys

from django.core.management import call_command
from django.core.management.base import SystemCheckError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(options: argparse.Namespace) -> int:
    """0 when all is well, else 1 and a list."""
    try:
        call_command("check", fail_level="WARNING")
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
    except SystemCheckError as error:
        print(error, file=sys.stderr)
        return 1
    except SystemExit as left:
        return int(left.code or 0)
    return 0
