"""Languages and countries by the names that people and software use for them."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=256)
def find(name: str) -> Locale:
    """The locale called "en", "zh-hans", "es_MX" or the like; the language alone, or English, where it is unknown."""
    for identifier in (name.replace("-", "_"), name.replace("-", "_").partition("_")[0]):
        try:
            return Locale.parse(identifier)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def shown(language: str) -> Locale:
    """The locale in which days and times are written for readers of a language; English as in Britain, day first."""
    return find("en_GB" if language == "en" else language)
