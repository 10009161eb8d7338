"""Texts brought to one form, so that the same thing written differently compares equal."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart, and the two Turkish i.
_PLAIN = {
    "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
    "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ʼ": "'", "’": "'", "‘": "'",
}  # fmt: skip

# Accents and points that may be left out in writing. Signs that make another letter stay:
# Japanese voicing marks and the vowel signs of Indian scripts are also "nonspacing marks".
_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF),
)  # fmt: skip


def _is_mark(char: str) -> bool:
    code = ord(char)
    return any(low <= code <= high for low, high in _MARKS)


def _fold_char(char: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    kept = "".join(
        _PLAIN.get(part, part) for part in folded if not _is_mark(part) and unicodedata.category(part) != "Cf"
    )
    return unicodedata.normalize("NFKC", kept)


class _Folds(dict[int, str]):
    """Each character's folded form, worked out once; bounded, as texts come from strangers."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        if len(self) < 80_000:
            self[code] = folded
        return folded


_folds = _Folds()


def fold(text: str) -> str:
    """The form for comparing: width, case, accents and spacing no longer matter; Chinese is kept."""
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).translate(_folds)
    return " ".join(unicodedata.normalize("NFC", folded).split())


_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters that look like nothing: fillers of Korean, and Braille without a point."""
_UNSEEN_KINDS = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))


class TextError(ValueError):
    """A text that cannot be stored; `code` is "nul", "surrogate" or "control"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_EDGES = "".join(chr(code) for code in range(0x10000) if chr(code).isspace()) + "\u200b\ufeff"


def is_blank(text: str) -> bool:
    """True where there is nothing to see: spaces alone, and signs that only turn or join others."""
    return all(char in _UNSEEN or unicodedata.category(char) in _UNSEEN_KINDS for char in text)


def clean(text: str, *, multiline: bool = False) -> str:
    """The text as it is stored: composed, trimmed, without characters that no database or page can carry."""
    bad = _FORBIDDEN.search(text)
    if bad:
        char = bad.group()
        raise TextError("nul" if char == "\0" else "surrogate" if "\ud800" <= char <= "\udfff" else "control")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    lines = text.splitlines()
    if multiline:
        return "\n".join(lines).strip(_EDGES)
    if len(lines) > 1:
        text = " ".join(part for line in lines if (part := line.strip(_EDGES)))
    return text.replace("\t", " ").strip(_EDGES)
