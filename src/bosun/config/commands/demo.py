"""Fill an empty database with a company to look at, and print its log-ins once."""

import argparse

from django.db import transaction

from bosun.config.demo import company, story
from bosun.config.failure import Failure
from bosun.config.people import give_password, log_in_of
from bosun.platform.org.models import Person

SHOWN = ("admin", "ann", "ben", "cyd", "lucia", "chenwei", "priya", "elena", "hugo", "nora")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether it may find something there."""
    parser.add_argument("--if-empty", action="store_true", help="do nothing where there are people already")


def run(options: argparse.Namespace) -> int:
    """Make the company; its people's passwords are printed this once."""
    if Person.objects.exists():
        if options.if_empty:
            return 0
        raise Failure("There are people already: the demo fills empty databases only.")
    print("Making a demo company; this takes a minute.", flush=True)
    with transaction.atomic():
        story.build()
        given = {name: give_password(log_in_of(name)) for name in SHOWN}
    roles = {hire.username: (hire.name, hire.role) for hire in company.PEOPLE}
    print("The demo company is there. These log-ins are shown this once.")
    print("`.venv/bin/bosun user password NAME` makes a new password:")
    for username, password in given.items():
        name, role = roles[username]
        print(f"  {username:<8} {password}  {name}, {role}")
    return 0
