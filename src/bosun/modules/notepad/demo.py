"""What Ann and Cyd of the demo have in their notepads, and the memos they made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.lib import clock

NOTES = {
    "ann": (
        "Pump fair in Hamburg\nstand 12, bring the CR-40 flange\nask Elena for the price list in German",
        "Questions for the training\n- who signs above 10,000?\n- seals: FKM or EPDM for dairy?",
        "Birthday of Priya: 14 May",
    ),
    "cyd": ("展会准备\n- 样机两台\n- 中文样本", "问 Ben:新价格表从哪天起用?"),
}
MEMOS = {
    "ann": (("Renew the parking permit", 2), ("Night train to Hamburg: book the seat", 6)),
    "cyd": (("续办门禁卡", 1),),
}


def build(act_of: Callable[[str, int], Act]) -> None:
    """Make them, each by its owner; `act_of` is a person who did something so many minutes ago."""
    for username, bodies in NOTES.items():
        for place, body in enumerate(bodies):
            records.create("notepad_notes", {"body": body}, act_of(username, 60 * (place + 1)))
    for username, memos in MEMOS.items():
        for subject, days in memos:
            raw: dict[str, Any] = {"subject": subject, "due": clock.now() + timedelta(days=days)}
            records.create("memos", raw, act_of(username, 30))
