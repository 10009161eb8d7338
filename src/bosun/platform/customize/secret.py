"""A field whose values are sealed in the database, and shown in clear to those alone whom its declaration names."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _

from bosun.kernel.actor import Actor
from bosun.kernel.env import Env
from bosun.kernel.kinds.base import EMPTY_OPS, Kind, refuse
from bosun.lib import crypt
from bosun.lib import text as texts

MASK = "••••••"
LONGEST = 500
_PURPOSE = "sealed fields"


@dataclass(frozen=True)
class Sealed:
    """A sealed value. `past` is one that the history holds; `kept` stands for whatever is there, typed as the mask."""

    text: str
    past: bool = False
    kept: bool = False


def _keys() -> dict[str, bytes]:
    return {"f1": hmac.new(settings.SECRET_KEY.encode(), _PURPOSE.encode(), hashlib.sha256).digest()}


class Secret(Kind):
    """Sealed text. It cannot be searched, sorted or compared, and the history never shows it in clear."""

    key = "secret"
    operators = EMPTY_OPS
    sortable: ClassVar[bool] = False

    def __init__(self, context: str, clear_to: Iterable[int] = ()) -> None:
        self.context, self.clear_to = context, frozenset(clear_to)

    def open_to(self, actor: Actor) -> bool:
        """True for those who read it in clear."""
        return actor.is_admin or bool(self.clear_to & actor.roles)

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, Sealed):
            return raw
        if not isinstance(raw, str | int) or isinstance(raw, bool):
            raise refuse(_("This must be text."))
        try:
            clean = texts.clean(str(raw))
        except ValueError:
            raise refuse(_("This text holds characters that cannot be stored. Type it again.")) from None
        if clean == MASK:
            return Sealed("", kept=True)
        if len(clean) > LONGEST:
            said = {"max": LONGEST, "now": len(clean)}
            raise refuse(_("At most %(max)s characters; this has %(now)s.") % said)
        return Sealed(crypt.seal(clean, _keys(), context=self.context))

    def opened(self, value: Sealed) -> str | None:
        """The text; None where the key of this machine is another one."""
        try:
            return crypt.open_(value.text, _keys(), context=self.context)
        except crypt.CryptError:
            return None

    def same(self, left: Any, right: Any) -> bool:
        if right is not None and right.kept:
            return True
        if left is None or right is None:
            return left is right
        return self.opened(left) == self.opened(right)

    def dump(self, value: Any) -> Any:
        return None if value is None else {"past": value.text}

    def keep(self, value: Any) -> Any:
        return {"sealed": value.text}

    def load(self, data: Any) -> Any:
        if not isinstance(data, dict):
            return None
        return Sealed(data["sealed"]) if "sealed" in data else Sealed(data["past"], past=True)

    def to_json(self, value: Any, env: Env) -> Any:
        return None if value is None else self.text(value, env)

    def text(self, value: Any, env: Env) -> str:
        if value is None:
            return ""
        clear = self.opened(value) if self.open_to(env.actor) and not value.past else None
        return MASK if clear is None else clear

    def words(self, value: Any) -> str:
        return ""

    def sample(self, rng: random.Random) -> Any:
        return f"secret {rng.randrange(10**6)}"
