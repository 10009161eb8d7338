"""How to reach somebody: phone numbers, e-mail and web addresses, each in a normal form."""

from __future__ import annotations

import random
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from bosun.kernel.env import Env
from bosun.kernel.kinds.base import EMPTY_OPS, EXACT_OPS, refuse
from bosun.kernel.kinds.choice import Tags
from bosun.kernel.kinds.text import Text
from bosun.lib import email, phone, weblink


class Phones(Tags):
    """Phone numbers in international form, each indexed; several to a record."""

    key = "phones"
    widget = "phones"
    cell = "phones"
    most = 10

    def _one(self, raw: Any, env: Env) -> str:
        number = raw.get("number") if isinstance(raw, dict) else raw
        try:
            return phone.stored(str(number), env.company.country or None)
        except phone.PhoneError:
            raise refuse(
                _("“%(value)s” is not a phone number. Begin with + and the country code.") % {"value": str(number)[:40]}
            ) from None

    def parse_filled(self, raw: Any, env: Env) -> Any:
        parts = raw if isinstance(raw, list | tuple) else str(raw).replace(";", ",").replace("\n", ",").split(",")
        numbers = [self._one(part, env) for part in parts if part and str(part).strip()]
        if len(numbers) > self.most:
            raise refuse(_("At most %(max)s phone numbers.") % {"max": self.most})
        return tuple(dict.fromkeys(numbers)) or None

    def one_operand(self, raw: Any, env: Env) -> Any:
        return self._one(raw, env)

    def text(self, value: Any, env: Env) -> str:
        return ", ".join(phone.display(number) for number in value or ())

    def export(self, value: Any, env: Env) -> str:
        return ", ".join(value or ())

    def normal(self, value: Any) -> list[str]:
        return [number.partition(";")[0] for number in value or ()]

    def words(self, value: Any) -> str:
        return " ".join(number.partition(";")[0].lstrip("+") for number in value or ())

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "maxItems": self.most}

    def sample(self, rng: random.Random) -> Any:
        return [f"+4969555{rng.randrange(10000, 99999)}"]


class Email(Text):
    """An e-mail address."""

    key = "email"
    widget = "email"
    cell = "email"

    def __init__(self) -> None:
        super().__init__(254)

    def parse_filled(self, raw: Any, env: Env) -> str:
        try:
            return email.normalise(str(raw))
        except ValueError:
            raise refuse(_("This is not an e-mail address.")) from None

    def one_operand(self, raw: Any, env: Env) -> Any:
        return str(raw).strip()

    def normal(self, value: Any) -> list[str]:
        return [email.key(value)] if value else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "email", "maxLength": 254}

    def sample(self, rng: random.Random) -> Any:
        return f"person{rng.randrange(10**7)}@example.com"


class Url(Text):
    """A web address; only http and https, so that it is safe to press."""

    key = "url"
    widget = "url"
    cell = "url"
    operators: ClassVar[tuple[str, ...]] = (*EXACT_OPS, "contains", *EMPTY_OPS)

    def __init__(self) -> None:
        super().__init__(500)

    def parse_filled(self, raw: Any, env: Env) -> str:
        try:
            return weblink.normalise(str(raw))
        except ValueError:
            raise refuse(_("This is not a web address. Write it as https://example.com.")) from None

    def one_operand(self, raw: Any, env: Env) -> Any:
        return str(raw).strip()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uri", "maxLength": 500}

    def sample(self, rng: random.Random) -> Any:
        return f"https://example.com/{rng.randrange(10**6)}"
