"""How much work waits behind each place of the menu.

Every page asks. Django takes twenty times as long to put the question into words as the database to answer it: so the
words are kept, for a minute, and only for as long as the person's rights stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils.translation import get_language

from bosun.kernel import records, slots, stamps
from bosun.kernel.actor import Actor
from bosun.kernel.env import Env

Words = tuple[str, tuple[Any, ...]]
"""A statement and its parameters."""


@dataclass(frozen=True)
class Asked:
    """The questions of one person; they are good for whoever has these rights, in this minute and language."""

    actor: Actor
    minute: datetime
    language: str | None
    words: dict[str, Words]


def counts(actor: Actor) -> dict[str, int]:
    """The numbers by the key of the place, in one query for each."""
    found = {}
    for key, (statement, values) in questions(actor).items():
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            found[key] = int(cursor.fetchone()[0])
    return found


def questions(actor: Actor) -> dict[str, Words]:
    """The statements, put into words again where a minute has passed or the rights have changed."""
    env = records.environment(actor, strict=False)
    minute, language = env.now.replace(second=0, microsecond=0), get_language()
    held: dict[str, Asked] = stamps.cached(stamps.ACCESS, f"waiting/{actor.id}", dict)
    asked = held.get("")
    if asked is None or (asked.actor, asked.minute, asked.language) != (actor, minute, language):
        asked = held[""] = Asked(actor, minute, language, put(env))
    return asked.words


def put(env: Env) -> dict[str, Words]:
    """The statements.

    A provider of the slot `menu.counts` is called with an environment; it answers query sets of what waits, by the key
    of the place. They may depend on the person, the language and the day.
    """
    waiting: dict[str, list[Any]] = {}
    for provider in slots.of("menu.counts"):
        for key, rows in provider(env).items():
            waiting.setdefault(key, []).append(rows.order_by().values_list("pk"))
    found = {}
    for key, parts in waiting.items():
        try:
            rows, values = parts[0].union(*parts[1:], all=True).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        except EmptyResultSet:
            continue
        found[key] = (f"SELECT COUNT(*) FROM ({rows}) AS waiting", tuple(values))  # noqa: S608 - words of Django
    return found
