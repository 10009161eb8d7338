"""Make a token for the API; it is printed on the last line, this once."""

import argparse
from datetime import timedelta

from bosun.config.people import log_in_of
from bosun.lib import clock
from bosun.platform.accounts import services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose rights it has, what it is called, whether it may write, and how long it lives."""
    parser.add_argument("user", help="username of the person whose rights it has")
    parser.add_argument("--name", default="command line", help="what the list of tokens calls it")
    parser.add_argument("--scope", choices=("full", "read"), default="full", help="read: it can change nothing")
    parser.add_argument("--days", type=int, help="after so many days it is dead; without this it lives until revoked")


def run(options: argparse.Namespace) -> int:
    """Make it and print it."""
    person = log_in_of(options.user).person
    until = None if options.days is None else clock.now() + timedelta(days=options.days)
    print(services.make_token(person, options.name, options.scope, until))
    return 0
