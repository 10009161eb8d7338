"""Notes and memos as declared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel.entity import Entity, Preset, Section
from bosun.modules.activities.verbs import FinishTask, ReopenTask
from bosun.modules.notepad import rules, services
from bosun.modules.notepad.models import Memo, Note

NOTE = Entity(
    Note,
    key="notepad_notes",
    icon="notes",
    columns="title updated_at",
    form=[Section("", "body")],
    search="title body",
    sort="-updated_at",
    timeline=False,
    rules=[rules.name_it],
    extras={"page": "/notepad", "new": "/notepad?new=1"},
)

MINE = {"field": "owner", "op": "is", "value": "me"}
OPEN = {"field": "done_at", "op": "empty"}

MEMO = Entity(
    Memo,
    key="memos",
    icon="calendar-time",
    columns="subject due_state note",
    form=[Section("", "subject note | due")],
    search="subject note",
    sort="due",
    lists=[
        Preset("open", pgettext_lazy("state", "Open"), {"all": [MINE, OPEN]}, sort="due"),
        Preset("done", _("Done"), {"all": [MINE, {"field": "done_at", "op": "filled"}]}, sort="-done_at"),
    ],
    verbs=[FinishTask(), ReopenTask()],
    state="due_state",
    timeline=False,
    effects=[services.follow_memos],
    extras={"row_verb": "done", "remind": "due", "plain_rows": True, "planned": ("due",), "private": True},
)
