"""How Chinese is read aloud: syllables of a name, with the phrases and surnames that sound otherwise."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import import_module

HAN = r"\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
CJK = HAN + r"\u3041-\u30ff\u3105-\u312f\u31f0-\u31ff\u1100-\u11ff\uac00-\ud7af\uff66-\uff9d"

HAN_RUN = re.compile(f"[{HAN}]+")
CJK_RUN = re.compile(f"[{CJK}]+")

# Readings that are right in names more often than the dictionary's first one.
_IN_NAMES = {"曾": "zeng", "长": "chang", "都": "du", "地": "di", "〇": "ling", "澳": "ao", "厦": "xia"}

# Surnames that sound otherwise than the word, where a short name is far more often a person's.
_SURNAMES = {
    "单": "shan", "仇": "qiu", "查": "zha", "解": "xie", "朴": "piao", "区": "ou", "翟": "zhai", "覃": "qin",
    "缪": "miao", "宓": "mi", "逄": "pang", "祭": "zhai", "隗": "wei", "郇": "xun", "郗": "xi", "眭": "sui",
    "佴": "nai", "冼": "xian", "纪": "ji", "任": "ren", "华": "hua", "尉": "wei",
}  # fmt: skip

# And those where the word is as likely: found by either sound, sorted by the word's.
_OTHER_SOUNDS = {
    "乐": "yue", "盖": "ge", "种": "chong", "黑": "he", "召": "shao", "秘": "bi", "折": "she", "员": "yun",
    "繁": "po", "洗": "xian", "那": "na", "能": "nai", "覃": "tan", "翟": "di", "曾": "ceng", "重": "chong",
    "长": "zhang", "朝": "zhao", "行": "hang", "大": "dai", "石": "dan", "厦": "sha", "都": "dou", "薄": "bao",
}  # fmt: skip

_COMPOUND_SURNAMES = {
    "长孙": ("zhang", "sun"), "万俟": ("mo", "qi"), "澹台": ("tan", "tai"), "尉迟": ("yu", "chi"),
    "单于": ("chan", "yu"), "令狐": ("ling", "hu"), "鲜于": ("xian", "yu"), "宿盛": ("su", "sheng"),
}  # fmt: skip

_LONGEST_PHRASE = 8


@lru_cache(maxsize=4096)
def _toneless(syllable: str) -> str:
    plain = unicodedata.normalize("NFD", syllable.replace("ü", "v").replace("ǖ", "v").replace("ǘ", "v"))
    return "".join(c for c in plain.replace("u\u0308", "v") if "a" <= c <= "z")


@lru_cache(maxsize=1)
def _dictionaries() -> tuple[dict[int, str], dict[str, list[list[str]]]]:
    """The readings of characters and of phrases, loaded at the first Chinese text: it takes a third of a second."""
    constants = import_module("pypinyin.constants")
    return constants.PINYIN_DICT, constants.PHRASES_DICT


class _Readings(dict[str, str]):
    """Each character's usual syllable, worked out once; empty where none is known."""

    def __missing__(self, char: str) -> str:
        known = _IN_NAMES.get(char) or _toneless(_dictionaries()[0].get(ord(char), "").split(",")[0])
        if len(self) < 60_000:
            self[char] = known
        return known


_readings = _Readings()


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[str, tuple[str, ...]]]:
    """Phrases that sound otherwise than their characters one by one, by their first two characters."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for phrase, sounds in _dictionaries()[1].items():
        if not 2 <= len(phrase) <= _LONGEST_PHRASE or len(sounds) != len(phrase):
            continue
        syllables = tuple(_toneless(options[0]) for options in sounds)
        if all(syllables) and any(_readings[c] != s for c, s in zip(phrase, syllables, strict=True)):
            found.setdefault(phrase[:2], {})[phrase] = syllables
    return found


@lru_cache(maxsize=8192)
def syllables(run: str) -> tuple[str, ...]:
    """One toneless syllable for each character of a run of Chinese, "" where none is known."""
    phrases, readings = _phrases(), _readings
    result: list[str] = []
    at, end = 0, len(run)
    while at < end:
        candidates = phrases.get(run[at : at + 2])
        if candidates:
            for length in range(min(_LONGEST_PHRASE, end - at), 1, -1):
                hit = candidates.get(run[at : at + length])
                if hit:
                    result.extend(hit)
                    at += length
                    break
            else:
                result.append(readings[run[at]])
                at += 1
        else:
            result.append(readings[run[at]])
            at += 1
    return tuple(result)


@lru_cache(maxsize=8192)
def name_syllables(run: str) -> tuple[str, ...]:
    """As `syllables`, with the first character read as a surname where this looks like a person's name."""
    plain = syllables(run)
    compound = _COMPOUND_SURNAMES.get(run[:2])
    if compound and len(run) <= 4:
        return compound + plain[2:]
    surname = _SURNAMES.get(run[:1])
    if surname and 2 <= len(run) <= 3:
        return (surname, *plain[1:])
    return plain


def other_syllables(run: str) -> tuple[str, ...]:
    """The second way to read a name by its first character; the same as the first where there is none."""
    named, plain = name_syllables(run), syllables(run)
    if named != plain:
        return plain
    other = _OTHER_SOUNDS.get(run[:1])
    return (other, *plain[1:]) if other else plain
