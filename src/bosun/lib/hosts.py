"""Names of hosts in the form that the network uses."""

from __future__ import annotations

import re
import unicodedata

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?")
_DOTS = re.compile("[。．｡]")


class HostError(ValueError):
    """A text that is no host name."""


def _label_to_ascii(label: str) -> str:
    """As IDNA 2008 has it: ß and ς stay themselves, and only letters, marks and digits are a name."""
    if label.isascii():
        return label.lower()
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).lower())
    kinds = [unicodedata.category(char) for char in plain]
    named = all(kind[0] in "LM" or kind == "Nd" or char in "-・·" for char, kind in zip(plain, kinds, strict=True))
    if not plain or not named or kinds[0][0] == "M" or len(plain) > 63 or plain[2:4] == "--":
        raise HostError("host")
    return plain if plain.isascii() else "xn--" + plain.encode("punycode").decode("ascii")


def host_to_ascii(host: str) -> str:
    """Lower case and ASCII ("münchen.de" becomes "xn--mnchen-3ya.de"); raises HostError."""
    labels = [_label_to_ascii(label) for label in _DOTS.sub(".", host).split(".")]
    plain = ".".join(labels)
    if len(plain) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise HostError("host")
    return plain


def host_to_unicode(host: str) -> str:
    """The host as a person reads it; unchanged where it cannot be read."""
    try:
        return ".".join(
            label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
            for label in host.split(".")
        )
    except UnicodeError:
        return host
