"""Print one SHA-256 over the content of the database."""

import argparse

from bosun.platform.integrity import hashing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whole, or entity by entity."""
    parser.add_argument("--by-entity", action="store_true", help="one line for each entity as well")


def run(options: argparse.Namespace) -> int:
    """Print it on the last line."""
    if options.by_entity:
        for key, digest in hashing.hashes().items():
            print(f"{digest}  {key}")
    print(hashing.content_hash())
    return 0
