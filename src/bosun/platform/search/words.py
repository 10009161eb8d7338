"""Words as the index holds them, and queries over them.

A word carries a head: two letters for the entity and one for the field, so that a query looks into the fields that are
open to the reader and no others, and into one entity without reading the others' lists. Beginnings of up to three
letters are words of their own: what is typed first is found in one place instead of in thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bosun.lib import text as texts

VERSION = 1
"""Raised when documents come to look otherwise; they are made anew after the next migration."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
INVENTED = 1000
_SIGNS, _SIGN_COUNT = 0x4E00, 20_000
HEAD = 3
"""How long a head is."""
_EDGE = 3
_MOST_WORDS = 3000
_MOST_TYPED = 12


def head(number: int, field: int) -> str:
    """The head of the words of one field: entities are numbered from 1, fields by their place in the declaration.

    Invented fields are numbered from INVENTED by their id, which stays theirs; their letter is one of the thousands
    that the Chinese have.
    """
    letter = _LETTERS[field] if field < INVENTED else chr(_SIGNS + (field - INVENTED) % _SIGN_COUNT)
    return _DIGITS[number // 36] + _DIGITS[number % 36] + letter


def document(number: int, said: Mapping[int, Sequence[str]], title_field: int) -> list[str]:
    """The words of a document from the texts of its fields. Signs of the title are words: `%` is looked up as such."""
    found: dict[str, None] = {}
    for field, parts in said.items():
        start = head(number, field)
        for part in parts:
            for word in texts.tokens(part):
                found[start + word] = None
                for length in range(1, min(_EDGE, len(word) - 1) + 1):
                    found[start + word[:length]] = None
            if field == title_field:
                found.update(dict.fromkeys(start + sign for sign in _signs(part)))
        if len(found) > _MOST_WORDS:
            break
    return list(found)[:_MOST_WORDS]


def _signs(text: str) -> list[str]:
    return [char for char in texts.fold(text) if not char.isalnum() and not char.isspace()]


@dataclass(frozen=True)
class Asked:
    """What somebody typed. `words` are beginnings of words; without any, `signs` must stand in the title."""

    words: tuple[str, ...]
    signs: tuple[str, ...] = ()


def read(typed: str) -> Asked:
    """The words of a typed query, or its signs where it has no word."""
    found = tuple(texts.query_tokens(typed)[:_MOST_TYPED])
    return Asked(found) if found else Asked((), tuple(dict.fromkeys(_signs(typed)))[:_MOST_TYPED])


def alternatives(number: int, asked: Asked, fields: Sequence[int]) -> list[list[tuple[str, bool]]]:
    """For each typed word the words of the index that meet it, each with whether it is only a beginning."""
    return [
        [(head(number, field) + word, len(word) > _EDGE) for field in fields] for word in asked.words or asked.signs
    ]


def fts5(groups: Iterable[Sequence[tuple[str, bool]]]) -> str:
    """The query in the language of FTS5."""
    return " AND ".join(
        "(" + " OR ".join(f'"{_quoted(word, chr(34))}"{"*" if begins else ""}' for word, begins in group) + ")"
        for group in groups
    )


def tsquery(groups: Iterable[Sequence[tuple[str, bool]]]) -> str:
    """The query in the language of PostgreSQL."""
    return " & ".join(
        "(" + " | ".join(f"'{_quoted(word, chr(39))}'{':*' if begins else ''}" for word, begins in group) + ")"
        for group in groups
    )


def _quoted(word: str, quote: str) -> str:
    doubled = word.replace(quote, quote * 2)
    return doubled.replace("\\", "\\\\") if quote == "'" else doubled
