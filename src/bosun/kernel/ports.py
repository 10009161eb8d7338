"""What the kernel needs from above, as callables that platform fills in when the apps are ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Company:
    """The company's frame: base currency, zone for all dates that are the same for everybody, default country."""

    name: str = "Bosun"
    currency: str = "EUR"
    zone: str = "UTC"
    country: str = ""
    language: str = "en"
    accent: str = ""


@dataclass(frozen=True)
class OptionInfo:
    """One entry of an option list as a surface needs it."""

    key: str
    label: str
    labels: Mapping[str, str]
    active: bool = True
    colour: str = ""

    def text(self, language: str) -> str:
        """The label in the reader's language, else as first written."""
        return self.labels.get(language) or self.label


def _no_company() -> Company:
    return Company()


def _no_options(_list_key: str) -> Mapping[str, OptionInfo]:
    return {}


def _no_rate(_currency: str, _day: date) -> int | None:
    return None


company: Callable[[], Company] = _no_company
options: Callable[[str], Mapping[str, OptionInfo]] = _no_options
rate: Callable[[str, date], int | None] = _no_rate
"""Rate of a currency to the base currency on a day, scaled by 10**10; None when none is known."""
