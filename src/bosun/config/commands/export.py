"""Take records out as a table, as a person who may."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.utils import translation

from bosun.config.failure import Failure
from bosun.config.people import actor_of
from bosun.kernel.errors import DoorError
from bosun.platform.exports import services
from bosun.platform.exports.tables import FORMATS, Wish


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, of it which, in which shape, as whom, and where to."""
    parser.add_argument("entity", help="what to export, as customers")
    parser.add_argument("--user", required=True, help="username of the person who exports")
    parser.add_argument("--filter", help="a condition as JSON, as the API takes it")
    parser.add_argument("--search", default="", help="words that the records must hold")
    parser.add_argument("--sort", default="", help="up to four fields between commas; --sort=-name for down")
    parser.add_argument("--columns", default="", help="fields, separated by commas; those of the list by default")
    parser.add_argument("--format", choices=sorted(FORMATS), help="by default what the name of the file says, else csv")
    parser.add_argument("-o", "--output", type=Path, help="the file; standard output without it")


def run(options: argparse.Namespace) -> int:
    """Write the table; the number of rows goes to standard error."""
    actor = actor_of(options.user)
    how = options.format or ("xlsx" if options.output and options.output.suffix == ".xlsx" else "csv")
    wish = Wish(condition(options.filter), options.search, words(options.sort), words(options.columns), how)
    with translation.override(actor.language):
        try:
            if options.output is None:
                count = services.write(options.entity, actor, wish, sys.stdout.buffer)
            else:
                with options.output.open("wb") as out:
                    count = services.write(options.entity, actor, wish, out)
        except DoorError as refusal:
            raise Failure(refusal.title) from None
    print(f"{count} rows", file=sys.stderr)
    return 0


def condition(text: str | None) -> Any:
    """The filter, read."""
    try:
        return json.loads(text) if text else None
    except ValueError as error:
        raise Failure(f"The filter is no JSON: {error}") from None


def words(text: str) -> list[str]:
    """Words between commas."""
    return [word.strip() for word in text.split(",") if word.strip()]
