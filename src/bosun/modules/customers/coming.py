"""Contacts that fall due, in what is coming."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from bosun.modules.customers import rules, telling
from bosun.platform.feeds import agenda
from bosun.platform.preview.window import PAGE, Coming, Window


def contacts(window: Window) -> Iterator[Coming]:
    """Each customer on the days on which its owner is told; of whom nobody is told, on its own day, which is said."""
    held, env, last = agenda.offered["customers"], window.env, window.last_day
    if (asked := agenda.query(held, env, window.people)) is None:
        return
    until = last + timedelta(days=telling.furthest() or 0)
    asked = asked.where(next_contact__gte=env.today - telling.BACK, next_contact__lte=until)
    for rows in asked.sort(["next_contact"]).walk(PAGE):
        days = telling.days(rows, env.today)
        for row, item in zip(rows, agenda.items(held, rows, env), strict=True):
            silent = not telling.is_told(row) and row.next_contact >= env.today
            for day in [row.next_contact] if silent else days[row.pk]:
                if day > last:
                    continue
                ahead = rules.words_until(row.next_contact, day) if day < row.next_contact else ""
                why, along = (_("no reminder"), "") if silent else (ahead, "notices")
                yield Coming(item.person, day, item.text, "date", str(held.reason), held.entity, row.pk, why, along)
