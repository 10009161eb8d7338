"""What a message says, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import access, ports, registry
from bosun.kernel.actor import Actor
from bosun.kernel.refs import Refs
from bosun.platform.deliveries import links
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.channels.port import Message
from bosun.platform.deliveries.models import Delivery
from bosun.platform.reminders import notices

SUBJECT = 150
OF_MUCH = ("day",)
"""Kinds of notices that speak of more than the record they name."""
writers: dict[str, Callable[[Delivery, Actor], Message | None]] = {}
"""Who writes notices of a kind by itself, told alone; None where it has nothing to say, and the usual is said."""


def one_line(text: str) -> str:
    """Without line breaks and what else does not print."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


class Writer:
    """Writes messages. The names of what they are about are looked up once for each reader, for all rows given."""

    def __init__(self, rows: Sequence[Delivery]) -> None:
        self._rows = rows
        self._refs: dict[tuple[int | None, str], Refs] = {}

    def message(self, rows: Sequence[Delivery], reader: Actor) -> Message:
        """One notice, or those of a digest."""
        first = rows[0]
        writer = writers.get(first.notice.kind) if len(rows) == 1 and not first.bundle else None
        written = writer(first, reader) if writer is not None else None
        if written is not None:
            return written
        with translation.override(reader.language):
            lines = [self._line(row, reader) for row in rows]
            subject = lines[0]["text"]
            if len(rows) > 1 or first.bundle:
                subject = ngettext("%(n)d notice", "%(n)d notices", len(rows)) % {"n": len(rows)}
            context = {
                "lines": lines,
                "company": ports.company().name or "Bosun",
                "language": reader.language,
                "subject": subject,
                "preferences": links.preferences(),
            }
            return Message(
                key=first.bundle or first.key,
                to=first.address,
                language=reader.language,
                subject=subject[:SUBJECT],
                text=_plain(context),
                html=render_to_string("deliveries/message.html", context),
                url=lines[0]["url"],
                done_url=lines[0]["done"],
            )

    def _line(self, row: Delivery, reader: Actor) -> dict[str, Any]:
        due, text = row.notice.due_at.astimezone(ZoneInfo(reader.zone)), one_line(row.notice.text)
        about = self._about(row, reader)
        if row.notice.kind in notices.OF_VALUES and row.notice.entity and not about:
            text = _("A notice about what is not open to you")
        return {
            "text": text,
            "about": "" if about in text else about,
            "when": str(formats.date_format(due, "DATETIME_FORMAT")),
            "prepare": _to_prepare(row, reader),
            "url": links.opening(row),
            "done": links.done(row) if row.notice.reminder_id and _private(row.channel) else "",
        }

    def _about(self, row: Delivery, reader: Actor) -> str:
        """The name of the record; none where it is not open to the reader."""
        notice = row.notice
        entity = registry.find(notice.entity)
        if entity is None or notice.record_id is None or notice.kind in OF_MUCH:
            return ""
        refs = self._refs.get((reader.id, entity.key))
        if refs is None:
            refs = self._refs[reader.id, entity.key] = Refs(reader)
            theirs = (each.notice for each in self._rows if each.person_id == reader.id)
            refs.load(entity.model, [each.record_id for each in theirs if each.entity == entity.key and each.record_id])
        card = refs.card(entity.model, notice.record_id)
        return one_line(str(card["name"])) if card is not None else ""


def _private(channel: str) -> bool:
    """Whether one person alone reads it: whoever holds a signed link needs no log-in."""
    return bool(getattr(CHANNELS.get(channel), "private", False))


def _to_prepare(row: Delivery, reader: Actor) -> list[str]:
    """What is still to be prepared, for those whose reminder it is."""
    reminder = row.notice.reminder
    if reminder is None or not reminder.checklist or reader.id not in (reminder.owner_id, *(reminder.people or ())):
        return []
    if "checklist" not in access.specs(registry.get("reminders"), reader):
        return []
    return [one_line(line["text"]) for line in reminder.checklist if not line["done"]]


def _plain(context: dict[str, Any]) -> str:
    parts = []
    for line in context["lines"]:
        part = [each for each in (line["text"], line["about"], line["when"]) if each]
        if line["prepare"]:
            part += ["", _("To prepare:"), *(f"- {each}" for each in line["prepare"])]
        part += ["", _("Open: %(url)s") % {"url": line["url"]}]
        if line["done"]:
            part.append(_("Done: %(url)s") % {"url": line["done"]})
        parts.append("\n".join(part))
    why = _("Bosun of %(company)s tells you this. Choose how you hear: %(url)s")
    parts.append("-- \n" + why % {"company": context["company"], "url": context["preferences"]})
    return "\n\n".join(parts) + "\n"
