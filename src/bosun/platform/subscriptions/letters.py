"""An issue as a message: by mail with its table and its file, elsewhere with its figures and the link.

The mail is written each time it is sent, from the issue, which is kept: the same bytes on every try, under the name of
its delivery. Only where the reader's rights have changed since is the issue made anew before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel.actor import Actor
from bosun.kernel.errors import NotFound
from bosun.kernel.kinds import Moment
from bosun.kernel.records import environment
from bosun.platform.deliveries import links
from bosun.platform.deliveries.channels.port import Message
from bosun.platform.deliveries.composing import Attached, Letter, unguessable
from bosun.platform.deliveries.models import Delivery
from bosun.platform.deliveries.writing import SUBJECT, one_line
from bosun.platform.exports.tables import FORMATS
from bosun.platform.subscriptions import services
from bosun.platform.subscriptions.models import Issue, Subscription

KIND = "subscription"
MAILED, TOLD = 50, 20
"""Rows in a mail, and figures in a chat."""
LARGEST = 7_000_000
"""Bytes of a file that most mail servers take."""


def message(row: Delivery, reader: Actor) -> Message | None:
    """What is sent of an issue through one channel; None where the issue is gone, or another's."""
    key = row.notice.key.rpartition(":")[0]
    held = Issue.objects.filter(key=key, person_id=reader.id or 0).select_related("subscription").first()
    if held is None:
        return None
    made = services.fresh(held, reader)
    language = made.body.get("language") or reader.language
    with translation.override(language):
        subject = one_line(services.said(made))[:SUBJECT]
        letter = _letter(made, row, reader, subject, language) if row.channel == "email" else None
        text = "\n".join([subject, *_figures(made), *([made.why] if made.why else []), links.opening(row)])
    return Message(row.key, row.address, language, subject, text, url=links.opening(row), letter=letter)


def _figures(made: Issue) -> list[str]:
    rows = made.body.get("rows", []) if made.body.get("figures") else []
    return [": ".join((one_line(row[0]), one_line(" · ".join(row[1:])))) for row in rows[:TOLD]]


def _letter(made: Issue, row: Delivery, reader: Actor, subject: str, language: str) -> Letter:
    heads, rows, right = (made.body.get(name, []) for name in ("heads", "rows", "right"))
    addresses = [f"{links.base()}{each}" for each in made.body.get("links", [])]
    file, attached = _file(made)
    context: dict[str, Any] = {
        "subject": subject, "language": language, "wide": True, "why": made.why,
        "when": Moment().text(made.due_at, environment(reader)),
        "heads": [{"text": head, "right": number in right} for number, head in enumerate(heads)],
        "rows": [_cells(cells, right, addresses[n : n + 1]) for n, cells in enumerate(rows[:MAILED])],
        "more": _more(made), "attached": attached, "url": links.opening(row),
        "cancel": f"{links.base()}/unsubscribe/{services.token(made.subscription)}",
        "preferences": links.preferences(),
    }  # fmt: skip
    html = render_to_string("subscriptions/letter.html", context)
    headers = {"List-Unsubscribe": f"<{context['cancel']}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return Letter(
        unguessable(row.key), row.address, subject, _plain(context), html, language,
        at=made.made_at, files=(file,) if file else (), headers=headers,
    )  # fmt: skip


def _cells(cells: Sequence[str], right: Sequence[int], address: Sequence[str]) -> list[dict[str, Any]]:
    """The first cell leads to the record."""
    first = address[0] if address else ""
    return [
        {"text": text, "right": number in right, "url": "" if number else first} for number, text in enumerate(cells)
    ]


def _plain(context: dict[str, Any]) -> str:
    table = [" | ".join(head["text"] for head in context["heads"])] if context["rows"] else []
    table += [
        " | ".join([*(one_line(cell["text"]) for cell in row), *filter(None, [row[0]["url"]])])
        for row in context["rows"]
    ]
    parts = [
        f"{context['subject']}\n{context['when']}", context["why"], "\n".join(table), context["more"],
        context["attached"], _("Open: %(url)s") % {"url": context["url"]},
        "-- \n" + _("Cancel this subscription: %(url)s") % {"url": context["cancel"]},
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _more(made: Issue) -> str:
    rows, of_records = len(made.body.get("rows", [])), made.body.get("links")
    left = (made.count if of_records else rows) - min(rows, MAILED)
    return _("and %(n)s more") % {"n": left} if left > 0 else ""


def _file(made: Issue) -> tuple[Attached | None, str]:
    """The file, and what is said of it."""
    if not made.stored:
        return None, ""
    try:
        with services.open_file(made) as held:
            content = held.read(LARGEST + 1)
    except NotFound:
        return None, ""
    if len(content) > LARGEST:
        return None, _("The file is too large for a mail. Open it in Bosun.")
    kind = FORMATS[made.file_name.rpartition(".")[2]]
    return Attached(made.file_name, kind, content), _("The whole as a file: %(name)s") % {"name": made.file_name}


def unwanted(rows: Sequence[Delivery]) -> set[int]:
    """The deliveries of subscriptions that were cancelled since."""
    about = {row.pk: row.notice.record_id for row in rows if row.notice.kind == KIND}
    if not about:
        return set()
    gone = Subscription.objects.filter(pk__in=set(about.values()), deleted_at__isnull=False)
    ended = set(gone.values_list("pk", flat=True))
    return {pk for pk, of in about.items() if of in ended}
