"""Say everything that touches an entity or one of its fields: `bosun explain customers.grade`."""

import argparse

from bosun.config import explaining
from bosun.config.failure import Failure
from bosun.kernel import registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to explain."""
    parser.add_argument("name", help="an entity, as in customers, or a field of one, as in customers.grade")


def run(options: argparse.Namespace) -> int:
    """Print it in sections."""
    key, _dot, name = options.name.partition(".")
    entity = registry.find(key)
    if entity is None:
        known = ", ".join(sorted(found.key for found in registry.all_entities()))
        raise Failure(f"There is no entity {key!r}. There are {known}.")
    if name and name not in entity.specs():
        raise Failure(f"{key} has no field {name!r}. It has {', '.join(entity.specs())}.")
    sections = explaining.field(entity, entity.specs()[name]) if name else explaining.whole(entity)
    for title, lines in sections:
        print(title)
        for line in lines or ["nothing"]:
            print(f"  {line}")
    return 0
