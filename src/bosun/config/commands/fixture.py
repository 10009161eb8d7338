"""Make the small world of the tests in an empty database, and print it."""

import argparse
import json

from django.core.management import call_command
from django.db import transaction

from bosun.config.demo import fixture
from bosun.config.failure import Failure
from bosun.platform.org.models import Person


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How to print it."""
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(options: argparse.Namespace) -> int:
    """People, passwords, tokens, records and canaries."""
    call_command("migrate", interactive=False, verbosity=0)
    if Person.objects.exists():
        raise Failure("There are people already: the fixture needs an empty database.")
    with transaction.atomic():
        made = fixture.build().as_json()
    if options.json:
        print(json.dumps(made, indent=1))
        return 0
    for key, person in made["people"].items():
        print(f"{key}\t{person['username']}\t{person['password']}")
    for name, token in made["tokens"].items():
        print(f"{name}\t{token}")
    return 0
