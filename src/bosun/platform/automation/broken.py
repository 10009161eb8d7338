"""Rules that are on and cannot be used any more: whoever can mend them is told once a day, as they act no more."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from bosun.lib import clock
from bosun.platform.automation import rulebook
from bosun.platform.org import actors
from bosun.platform.reminders import services


def tell() -> None:
    """Tell the owner of each, or the administrators where the owner is gone."""
    now = clock.now()
    for rule in rulebook.broken():
        owner = rule.row.owner_id
        known = [owner] if owner is not None and actors.load(owner) is not None else actors.administrators()
        for person in known:
            reader = actors.load(person)
            with translation.override(reader.language if reader else None):
                said = _("The rule “%(rule)s” cannot be used any more: what it speaks of is gone.")
                key = f"rule:{rule.id}:broken:{now:%Y%m%d}"
                services.tell(person, key, said % {"rule": rule.row.name}, "rules", rule.id, now)
