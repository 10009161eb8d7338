"""Make the search index anew, of everything or of single entities, while others go on working."""

import argparse

from bosun.platform.search import services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which entities."""
    parser.add_argument("entity", nargs="*", help="keys such as users; all when none is given")


def run(options: argparse.Namespace) -> int:
    """Index, and say how many records of each entity."""
    for key, count in services.reindex(options.entity).items():
        print(f"{key}: {count}")
    return 0
