"""Which encoding a text file was written in."""

from __future__ import annotations

import codecs
import re
from typing import IO, NamedTuple

from bosun.lib.sheets.table import SheetError

# What a person may choose from; the first ones are what files here are most often written in.
ENCODINGS = (
    "utf-8", "gb18030", "big5", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
    "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "koi8-r",
    "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-9", "iso8859-15", "cp437", "cp850", "mac-roman",
    "cp932", "euc-jp", "cp949",
)  # fmt: skip

_OTHER_NAMES = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}
_KNOWN = {codecs.lookup(name).name: name for name in ENCODINGS}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Alphabets of one byte a letter, each with the letters that most of any text is made of.
_ALPHABETS = {
    "cp1251": "оеаинтсрвлкмдпуя",
    "koi8-r": "оеаинтсрвлкмдпуя",
    "cp1253": "αοιετσνηυρπκμλςωάέίόήύώ",
    "iso8859-7": "αοιετσνηυρπκμλςωάέίόήύώ",
    "cp1255": "יולאהרתבשמ",
    "cp1256": "اليمونترعدبسفهةكق",
    "cp874": "านรอกเงมยลวดท่ส้ตะี",
}
_FEW = 6
_CHUNK = 2**20
_SAMPLE = 2**18
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTERS = re.compile(rb"[A-Za-z]")

# The commonest characters of each encoding, against all its pairs of bytes.
_GB = re.compile(
    rb"([\xa1-\xa3\xb0-\xc8][\xa1-\xfe]|([\xc9-\xd7][\xa1-\xfe]))"
    rb"|[\x81-\xfe](?:[\x30-\x39][\x81-\xfe][\x30-\x39]|[\x40-\xfe])"
)
_BIG5 = re.compile(rb"([\xa1-\xc6](?:([\x40-\x7e])|[\xa1-\xfe]))|[\x81-\xfe][\x40-\xfe]")
_SJIS = re.compile(rb"([\x82\x83][\x40-\xfc])|[\x81-\x9f\xe0-\xfc][\x40-\xfc]|[\xa1-\xdf]")
_EUCJP = re.compile(rb"([\xa4\xa5][\xa1-\xfe])|[\xa1-\xfe][\xa1-\xfe]")


class Encoding(NamedTuple):
    """How to decode a file: by what, from which byte on, and whether some bytes are damaged."""

    name: str
    skip: int = 0
    damaged: bool = False


def chosen(name: str, file: IO[bytes]) -> Encoding:
    """The encoding that somebody named, with the file's mark for it left out."""
    wanted = _OTHER_NAMES.get(name.lower(), name)
    try:
        known = _KNOWN[codecs.lookup(wanted).name]
    except (LookupError, KeyError):
        raise SheetError("encoding") from None
    head = file.read(4)
    file.seek(0)
    for mark, marked in _BOMS:
        if head.startswith(mark) and (marked == known or (known in {"utf-16", "utf-32"} and marked.startswith(known))):
            return Encoding(marked, len(mark))
    return Encoding(known)


def detect(file: IO[bytes]) -> Encoding:
    """The encoding of a whole file: by its mark, else UTF-8 where that is possible, else what looks most like it."""
    head = file.read(4096)
    file.seek(0)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Encoding(name, len(mark))
    wide = _without_mark(head)
    if wide:
        return Encoding(wide)
    if _is_utf8(file):
        return Encoding("utf-8")
    return _guess(_sample(file))


def _without_mark(head: bytes) -> str:
    """UTF-16 without its mark shows in the zeros beside delimiters and Latin letters."""
    zeros = head.count(0)
    if not zeros:
        return ""
    odd = head[1::2].count(0) / zeros
    name = "utf-16-le" if odd > 0.7 else "utf-16-be" if odd < 0.3 else ""
    text = head[: len(head) // 2 * 2].decode(name, errors="replace") if name else "\0"
    if "\0" in text or text.count("\ufffd") > 1:
        raise SheetError("not_a_table")
    return name


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    finally:
        file.seek(0)
    return True


def _sample(file: IO[bytes]) -> bytes:
    """The first lines that are not plain ASCII, from wherever they stand."""
    lines: list[bytes] = []
    size = 0
    while size < _SAMPLE and (line := file.readline(_SAMPLE)):
        if not line.isascii():
            lines.append(line)
            size += len(line)
    file.seek(0)
    return b"".join(lines)


def _decodes(sample: bytes, name: str) -> bool:
    try:
        codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeError:
        return False
    return True


def _share(pattern: re.Pattern[bytes], sample: bytes, group: int = 1) -> float:
    hits = [match.group(group) is not None for match in pattern.finditer(sample)]
    return sum(hits) / len(hits) if hits else 0.0


def _guess(sample: bytes) -> Encoding:
    damaged = sample.decode("utf-8", errors="replace")
    wrong = damaged.count("\ufffd")
    if sum(ord(char) > 127 for char in damaged) - wrong >= 10 * wrong:
        return Encoding("utf-8", 0, damaged=True)
    if _decodes(sample, "gb18030") and _share(_GB, sample) >= 0.75:
        # Korean syllables take up the first half of the Chinese ones; no Chinese text does without the second.
        korean = len(_GB.findall(sample)) >= 30 and _share(_GB, sample, 2) < 0.03 and _decodes(sample, "cp949")
        return Encoding("cp949" if korean else "gb18030")
    if _decodes(sample, "big5") and _share(_BIG5, sample) >= 0.9 and _share(_BIG5, sample, 2) >= 0.15:
        return Encoding("big5")
    if _decodes(sample, "cp932") and _share(_SJIS, sample) >= 0.3:
        return Encoding("cp932")
    if _decodes(sample, "euc-jp") and _share(_EUCJP, sample) >= 0.3:
        return Encoding("euc-jp")
    return Encoding(_single_byte(sample))


def _single_byte(sample: bytes) -> str:
    """Another alphabet where most of what is beyond ASCII are its common letters; Western else."""
    western = "cp1252" if _decodes(sample, "cp1252") else "latin-1"
    high = b"".join(_HIGH.findall(sample))
    if len(high) < _FEW or len(high) < len(_LETTERS.findall(sample)) / 2:
        return western
    best, best_share = western, 0.6
    for name, common in _ALPHABETS.items():
        letters = high.decode(name, errors="replace").lower()
        share = sum(letter in common for letter in letters) / len(letters)
        if share > best_share and _decodes(sample, name):
            best, best_share = name, share
    return best
