"""Phone numbers as gateways want them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.lib import phone

FORMS = {
    "e164": "+86 138… (E.164)",
    "digits": _("Digits alone, with the country"),
    "national": _("As within the country"),
}


def written(number: str, form: str) -> str:
    """A number as kept, in the form wanted; empty where it is none."""
    try:
        plain = phone.stored(number, None).partition(";")[0]
    except phone.PhoneError:
        return ""
    if form == "national":
        return phone.within_country(plain)
    return plain.removeprefix("+") if form == "digits" else plain
