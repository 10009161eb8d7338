"""What a password may be: long enough, not too long to be checked at once, and nobody's first guess."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bosun.kernel import ports

LONGEST = 128
FEW_LETTERS = 4
PRODUCT = "bosun"
LOOKALIKES = str.maketrans("013457@$!|", "oieastasil")


class LongestValidator:
    """Refuses what is longer than 128 characters, before anything dear is done with it."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError when too long."""
        if len(password) > LONGEST:
            raise ValidationError(
                _("A password has at most %(n)d characters.") % {"n": LONGEST}, code="password_too_long"
            )

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("A password has at most %(n)d characters.") % {"n": LONGEST}


class HouseNameValidator:
    """Refuses passwords that are the name of the product or of the company, with little besides."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError when too little is left without the name."""
        if len(password) > LONGEST:
            return
        for name in {PRODUCT, _letters(ports.company().name)}:
            if name and name in _letters(password) and len(_letters(password).replace(name, "")) < FEW_LETTERS:
                raise ValidationError(
                    _("A password that is the name of the product or the company is guessed first."),
                    code="password_house_name",
                )

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("A password is not the name of the product or the company.")


def _letters(text: str) -> str:
    """The letters of a text in lower case, lookalikes read as what they stand for."""
    return re.sub(r"[\W\d_]+", "", text.casefold().translate(LOOKALIKES))
