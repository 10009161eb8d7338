"""The words under which a text is found, and the words that somebody's query asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bosun.lib.folding import fold
from bosun.lib.hanzi import CJK, CJK_RUN, HAN, HAN_RUN, name_syllables, other_syllables

_LONGEST_WORD = 32  # of an indexed word
_LONGEST_SOUND = 24  # of an indexed spelling in Latin letters; what is typed is cut to the same length
_LONGEST_TEXT = 20_000  # characters of one text that are indexed
_SOUNDED = 64  # Chinese characters beyond which a text is no name and is not indexed by sound

# Words of letters and digits, with what joins their parts: O'Brien, Coca-Cola, AT&T, example.com
_COMPOUND = re.compile(r"[^\W_]+(?:['&.\-][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_SPLIT = re.compile(f"[{CJK}]+|[^{CJK}]+")
_DIGITS = re.compile(r"\+?\(?\d(?:[\s().\-]{0,3}\d){3,}")
_NOT_DIGIT = re.compile(r"\D+")
_NUMBER_TYPED = re.compile(r"\+?[\d\s().\-/]+")
_SPACED_OUT = re.compile(f"(?<=[{HAN}]) (?=[{HAN}])")  # 王 明, written so to fill a column
_APOSTROPHES = re.compile(r"(?<=\w)['&](?=\w)")


def _grams(run: str) -> Iterable[str]:
    yield from run
    for at in range(len(run) - 1):
        yield run[at : at + 2]


def _sounds(syllables: tuple[str, ...]) -> Iterable[str]:
    """Each syllable, the joined spelling and the initials from every place on, as a query may begin anywhere."""
    known = [s for s in syllables if s]
    yield from known
    joined, initials = "".join(known), "".join(s[0] for s in known)
    at = 0
    for number, syllable in enumerate(known):
        yield joined[at : at + _LONGEST_SOUND]
        if number == 0 or number < len(known) - 1:
            yield initials[number : number + _LONGEST_SOUND]
        at += len(syllable)


def _spelt(run: str) -> Iterable[str]:
    first, other = name_syllables(run), other_syllables(run)
    readings = [first] if first == other else [first, other]
    for reading in readings:
        yield from _sounds(reading)
        if any("v" in s for s in reading):  # lü is typed lv, lu or lü
            yield from _sounds(tuple(s.replace("v", "u") for s in reading))


def _tails(folded: str) -> Iterable[str]:
    for match in _DIGITS.finditer(folded):
        digits = _NOT_DIGIT.sub("", match.group())
        yield digits[:_LONGEST_WORD]
        for length in range(4, min(11, len(digits)) + 1):
            yield digits[-length:]


def _chinese(folded: str) -> Iterable[str]:
    for run in CJK_RUN.findall(folded):
        yield from _grams(run)
    runs = HAN_RUN.findall(folded)
    if sum(map(len, runs)) <= _SOUNDED:
        for run in runs:
            yield from _spelt(run)


def tokens(text: str) -> list[str]:
    """The words to index a text under, each once.

    They are its folded words, its Chinese by one and two characters and by sound, and the ends of its numbers.
    """
    folded = fold(text[:_LONGEST_TEXT])
    found: dict[str, None] = {}
    if not folded.isascii():
        found.update(dict.fromkeys(_chinese(folded)))
        closed = _SPACED_OUT.sub("", folded)
        if closed != folded:
            found.update(dict.fromkeys(_chinese(closed)))
        folded_rest = CJK_RUN.sub(" ", folded)
    else:
        folded_rest = folded
    for compound in _COMPOUND.findall(folded_rest):
        if compound.isalnum():
            found[compound[:_LONGEST_WORD]] = None
        else:
            parts = _PART.findall(compound)
            together = _PART.findall(_APOSTROPHES.sub("", compound))
            found.update(dict.fromkeys(part[:_LONGEST_WORD] for part in (*parts, *together, "".join(parts))))
    found.update(dict.fromkeys(_tails(folded_rest)))
    return list(found)


def _typed_number(folded: str) -> str | None:
    """The digits of a telephone number or code as it is looked up, or None for any other text."""
    if not _NUMBER_TYPED.fullmatch(folded):
        return None
    digits = _NOT_DIGIT.sub("", folded)
    if len(digits) < 4:
        return None
    short = digits.lstrip("0")
    international = folded.startswith("+") or digits.startswith("00")
    if len(digits) >= 9 and 7 <= len(short) < len(digits):  # 010… and 0086… are stored without
        digits = short
    if international and len(digits) > 11:
        digits = digits[-11:]
    return digits[:_LONGEST_WORD]


def query_tokens(text: str) -> list[str]:
    """The words that a typed query asks for; a record is found when each is the beginning of one of its tokens."""
    folded = fold(text[:400])
    number = _typed_number(folded)
    if number:
        return [number]
    found: dict[str, None] = {}
    for piece in _SPLIT.findall(folded):
        if CJK_RUN.match(piece):
            if len(piece) == 1:
                found[piece] = None
            found.update((piece[at : at + 2], None) for at in range(len(piece) - 1))
        else:
            found.update((word[:_LONGEST_SOUND], None) for word in _PART.findall(_APOSTROPHES.sub("", piece)))
    return list(found)
