"""Make a token for the API; it is printed on the last line, this once."""

import argparse

from bosun.config.people import log_in_of
from bosun.platform.accounts import services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose rights it has, what it is called, and whether it may write."""
    parser.add_argument("user", help="username of the person whose rights it has")
    parser.add_argument("--name", default="command line", help="what the list of tokens calls it")
    parser.add_argument("--read", action="store_true", help="a token that can only read")


def run(options: argparse.Namespace) -> int:
    """Make it and print it."""
    person = log_in_of(options.user).person
    print(services.make_token(person, options.name, "read" if options.read else "full"))
    return 0
