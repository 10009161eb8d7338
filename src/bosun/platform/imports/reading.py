"""The first look through a whole file: how many rows, which names it brings, how its dates and numbers are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Date
from bosun.kernel.query import environment
from bosun.lib import dates, money, numbers
from bosun.lib import text as texts
from bosun.lib.sheets import Table
from bosun.platform.imports.mapping import Plan, Step

LOOKED_AT = 5000
"""Different values of a column that are looked at to tell how it is written."""
FEW_BLANKS = 0.05
"""Up to this part of the rows a blank cell is an oversight rather than the rule."""
_NUMBERED = re.compile(r"\s*\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}\b")
NUMBER_LOCALES = ("en", "es", "zh-hans")
Opener = Callable[[], AbstractContextManager[Table]]


@dataclass
class Scan:
    """What the whole file told."""

    rows: int = 0
    kind: str = "csv"
    distinct: dict[int, set[str]] = field(default_factory=dict)
    names: dict[int, set[str]] = field(default_factory=dict)
    blanks: dict[int, int] = field(default_factory=dict)

    def brings(self, step: Step, name: str) -> bool:
        """Whether some row of this step makes or is a record of that name."""
        wanted = texts.fold(name)
        return any(wanted in self.names.get(place, ()) for place in naming(step.entity, step))


def naming(entity: Entity, step: Step) -> list[int]:
    """The columns by which other rows may name the records of a step: title, external ID and natural keys."""
    title = entity.title_spec
    known = {"external_id", *entity.natural, *([title.name] if title else [])}
    return [target.place for target in step.targets if target.spec.name in known and not target.text]


def refers_to_itself(step: Step) -> bool:
    """Whether rows of a step may point to other rows of it."""
    return any(target.refers_to is step.entity for target in step.targets)


def scan(opener: Opener, plan: Plan) -> Scan:
    """Walk through the file once."""
    found = Scan()
    named = {place for step in plan.steps if refers_to_itself(step) for place in naming(step.entity, step)}
    looked = {
        target.place
        for step in plan.steps
        for target in step.targets
        if isinstance(target.kind, Date) or target.kind.numeric
    }
    looked |= {step.at for step in plan.steps if step.at is not None}
    found.names = {place: set() for place in named}
    found.distinct = {place: set() for place in looked}
    found.blanks = {target.place: 0 for step in plan.steps for target in step.targets}
    with opener() as table:
        found.kind = table.info.kind
        for cells in table.rows:
            found.rows += 1
            for place, names in found.names.items():
                names.add(texts.fold(cells[place]))
            for place, values in found.distinct.items():
                if len(values) < LOOKED_AT:
                    values.add(cells[place])
            for place in found.blanks:
                found.blanks[place] += not cells[place].strip()
    return found


def environment_of(step: Step, seen: Scan, actor: Actor) -> Env:
    """How the cells of a step are read: by the order of its dates and the signs of its numbers."""
    language = step.numbers if step.numbers != "auto" else _number_locale(step, seen, actor)
    order = step.dates if step.dates != "auto" else _date_order(step, seen)
    return environment(replace(actor, language=language), strict=False, date_order=order)


def doubts(step: Step, seen: Scan) -> list[str]:
    """What can be read in two ways in this file, and where a column that is filled elsewhere is empty, in sentences."""
    values = _dates(step, seen)
    sample = next((value for value in values if _NUMBERED.match(value)), None)
    said = []
    if step.dates == "auto" and sample is not None and not dates.guess_order(values):
        said.append(
            _("Dates such as %(sample)s can be read in two ways. Say which part is the day.") % {"sample": sample}
        )
    for target in step.targets:
        count = seen.blanks.get(target.place, 0)
        if 0 < count <= seen.rows * FEW_BLANKS:
            text = ngettext("“%(field)s” is empty in %(n)d row.", "“%(field)s” is empty in %(n)d rows.", count)
            said.append(text % {"field": target.spec.label, "n": count})
    return said


def _dates(step: Step, seen: Scan) -> list[str]:
    values = _values(step, seen, lambda kind: isinstance(kind, Date))
    if step.at is not None:
        values += [value for value in seen.distinct.get(step.at, ()) if value.strip()]
    return sorted(values)


def _values(step: Step, seen: Scan, wanted: Callable[[Any], bool]) -> list[str]:
    places = [target.place for target in step.targets if wanted(target.kind)]
    return [value for place in places for value in seen.distinct.get(place, ()) if value.strip()]


def _date_order(step: Step, seen: Scan) -> str:
    return dates.guess_order(_dates(step, seen)) or ""


def _number_locale(step: Step, seen: Scan, actor: Actor) -> str:
    """The reader's own way if it fits, else English or Spanish; a spreadsheet's numbers are always plain."""
    if seen.kind != "csv":
        return "en"
    values = _values(step, seen, lambda kind: bool(kind.numeric))
    best, fewest = actor.language, None
    for locale in dict.fromkeys((actor.language, *NUMBER_LOCALES)):
        wrong = sum(not _is_number(value, locale) for value in values)
        if fewest is None or wrong < fewest:
            best, fewest = locale, wrong
        if not wrong:
            break
    return best


def _is_number(value: str, locale: str) -> bool:
    try:
        numbers.parse_decimal(value.strip(" €$£¥￥"), locale, 10)
    except numbers.NumberError:
        try:
            money.parse(value, "USD", locale)
        except money.MoneyError:
            return False
    return True


@contextmanager
def rows_from(opener: Opener, start: int) -> Iterator[Iterable[tuple[int, list[str]]]]:
    """Line number and cells of every row after the first `start` ones."""
    with opener() as table:

        def walk() -> Iterator[tuple[int, list[str]]]:
            for number, cells in enumerate(table.rows):
                if number >= start:
                    yield table.line, cells

        yield walk()
