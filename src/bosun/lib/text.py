"""What the product asks of texts: cleaning, comparing, sorting, finding and showing them."""

from __future__ import annotations

import re
import unicodedata

from bosun.lib.companies import company_key
from bosun.lib.folding import TextError, clean, fold, is_blank
from bosun.lib.hanzi import HAN_RUN, name_syllables
from bosun.lib.words import query_tokens, tokens

__all__ = [
    "TextError",
    "bidi_safe",
    "clean",
    "company_key",
    "fold",
    "initials",
    "is_blank",
    "mixed_script",
    "pinyin",
    "query_tokens",
    "sort_key",
    "tokens",
]

_WORD = re.compile(r"[^\W_]+")
_LEADING = re.compile(r"^[\W_]+(?=\w)")
_SORT_LENGTH = 240
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_LOOKALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


def pinyin(text: str) -> tuple[str, str]:
    """The syllables joined by spaces, and their initials; two empty texts where there is no Chinese."""
    folded = fold(text)
    if not HAN_RUN.search(folded):
        return "", ""
    spelt: list[str] = []
    short: list[str] = []
    at = 0
    for run in HAN_RUN.finditer(folded):
        words = _WORD.findall(folded[at : run.start()])
        sounds = [s for s in name_syllables(run.group()) if s]
        spelt += words + sounds
        short += words + [s[0] for s in sounds]
        at = run.end()
    words = _WORD.findall(folded[at:])
    return " ".join(spelt + words), "".join(short + words)


def _sort_run(match: re.Match[str]) -> str:
    run: str = match.group()
    return "".join(f" {sound} {char} " for sound, char in zip(name_syllables(run), run, strict=True))


def sort_key(text: str) -> str:
    """The text to sort by, compared by code point: "李明" stands at "li", each surname together."""
    folded = fold(text[:_SORT_LENGTH])
    if not folded.isascii():
        folded = " ".join(HAN_RUN.sub(_sort_run, folded).split())
    return _LEADING.sub("", folded)[:_SORT_LENGTH]


def _script(char: str) -> str:
    name = unicodedata.name(char, "")
    return next((script for script in _LOOKALIKE_SCRIPTS if name.startswith(script)), "")


def mixed_script(text: str) -> bool:
    """Whether a single word mixes letters of scripts that look alike, as a forged name does."""
    if text.isascii():
        return False
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        scripts = {_script(char) for char in word if char.isalpha()} - {""}
        if len(scripts) > 1:
            return True
    return False


def bidi_safe(text: str) -> str:
    """The text with its direction controls taken out, and isolated where it is written from right to left."""
    if text.isascii():
        return text
    plain = _BIDI_CONTROLS.sub("", text)
    if any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in plain):
        return f"{_ISOLATE}{plain}{_END_ISOLATE}"
    return plain


def initials(name: str) -> str:
    """Up to two letters for the round mark beside a name; the surname of a Chinese one."""
    words = _WORD.findall(unicodedata.normalize("NFKC", name))
    if not words:
        return ""
    if HAN_RUN.match(words[0]):
        return str(words[0][0])
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0].upper()[0] for word in ends)
