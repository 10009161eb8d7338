"""What a change of a rule would do to what is coming: which lines it would add, and which would go.

Only rules that act by time can be foreseen. The others act when something happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied
from bosun.platform.automation import rulebook
from bosun.platform.automation.models import Rule
from bosun.platform.preview import acting, services
from bosun.platform.preview.window import MOST, Coming, Window


@dataclass(frozen=True)
class Change:
    """What would be told besides, and what no more; `more` where something was left out for its number."""

    adds: list[Coming]
    drops: list[Coming]
    days: int
    foreseen: bool
    more: bool = False


def of(env: Env, after: Rule | None, before: Rule | None, days: int = services.DAYS) -> Change:
    """The rule as it would be (None: switched off) against the one that is on now, where one is."""
    if not access.may(env.actor, registry.get("rules"), "read"):
        raise Denied()
    window = Window(env, services.people_of(env.actor), env.now + timedelta(days=services.checked(days)))
    now = _lines(before, window) if before is not None and before.enabled else {}
    then = _lines(after, window) if after is not None else {}
    if now is None or then is None:
        return Change([], [], days, foreseen=False)
    adds = [line for key, line in then.items() if key not in now]
    drops = [line for key, line in now.items() if key not in then]
    return Change(adds, drops, days, True, window.more)


def _lines(row: Rule, window: Window) -> dict[Any, Coming] | None:
    """What a rule does in the window, by what makes two lines the same; None where that cannot be foreseen."""
    rule = rulebook.compile_rule(row)
    if rule.broken or rule.by_time is None:
        return None
    found = window.first(list(islice(acting.of_rule(rule, window), MOST + 1)), MOST)
    return {(line.person, line.at, line.entity, line.pk, line.why): line for line in found}


def words(change: Change) -> str:
    """The change as one says it."""
    if not change.foreseen:
        return _("It acts when something happens, so that nothing of it is known in advance.")
    if not change.adds and not change.drops:
        return _("Nothing changes in what is coming in the next %(days)s days.") % {"days": change.days}
    counts = {"days": change.days, "adds": len(change.adds), "drops": len(change.drops)}
    return _("In the next %(days)s days: %(adds)s more, %(drops)s fewer.") % counts
