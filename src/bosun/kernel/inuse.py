"""Which words are in use in a field that holds several, among the records that are open to somebody."""

from __future__ import annotations

from bosun.kernel import access
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.ledger import Member

LOOKED_AT = 100


def words_in_use(entity: Entity, name: str, actor: Actor, typed: str = "", limit: int = 8) -> list[str]:
    """Words that hold what was typed, in order. Steps through the index from word to word, however many records."""
    members = Member.objects.filter(field=f"{entity.key}.{name}")
    seen = access.visible(entity, actor).values("pk")
    wanted = typed.casefold()
    found: list[str] = []
    word: str | None = ""
    for _step in range(LOOKED_AT):
        word = members.filter(value__gt=word).order_by("value").values_list("value", flat=True).first()
        if word is None or len(found) >= limit:
            break
        if wanted in word.casefold() and members.filter(value=word, record_id__in=seen).exists():
            found.append(word)
    return found
