"""What a message says, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import ports
from bosun.kernel.actor import Actor
from bosun.platform.deliveries import links
from bosun.platform.deliveries.channels.port import Message
from bosun.platform.deliveries.models import Delivery

SUBJECT = 150
writers: dict[str, Callable[[Delivery, Actor], Message | None]] = {}
"""Who writes notices of a kind by itself, told alone; None where it has nothing to say, and the usual is said."""


def one_line(text: str) -> str:
    """Without line breaks and what else does not print."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def message(rows: Sequence[Delivery], reader: Actor) -> Message:
    """One notice, or those of a digest."""
    first = rows[0]
    writer = writers.get(first.notice.kind) if len(rows) == 1 and not first.bundle else None
    written = writer(first, reader) if writer is not None else None
    if written is not None:
        return written
    with translation.override(reader.language):
        lines = [_line(row, reader) for row in rows]
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
            key=f"{first.bundle}:{first.pk}" if first.bundle else first.key,
            to=first.address,
            language=reader.language,
            subject=subject[:SUBJECT],
            text=_plain(context),
            html=render_to_string("deliveries/message.html", context),
            url=lines[0]["url"],
            done_url=lines[0]["done"],
        )


def _line(row: Delivery, reader: Actor) -> dict[str, Any]:
    due = row.notice.due_at.astimezone(ZoneInfo(reader.zone))
    return {
        "text": one_line(row.notice.text),
        "when": str(formats.date_format(due, "DATETIME_FORMAT")),
        "url": links.opening(row),
        "done": links.done(row) if row.notice.reminder_id else "",
    }


def _plain(context: dict[str, Any]) -> str:
    parts = []
    for line in context["lines"]:
        part = [line["text"], line["when"], "", _("Open: %(url)s") % {"url": line["url"]}]
        if line["done"]:
            part.append(_("Done: %(url)s") % {"url": line["done"]})
        parts.append("\n".join(part))
    why = _("Bosun of %(company)s tells you this. Choose how you hear: %(url)s")
    parts.append("-- \n" + why % {"company": context["company"], "url": context["preferences"]})
    return "\n\n".join(parts) + "\n"
