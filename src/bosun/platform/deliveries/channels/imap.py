"""Where mail that came back is read: settings of the e-mail channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from bosun.platform.deliveries.channels.port import Setting

TLS, STARTTLS, PLAIN = "tls", "starttls", "none"
HERE = ("127.0.0.1", "::1", "localhost")
"""This machine: what is said to it goes over no wire."""
IMAP = (
    Setting(
        "imap_host", _("Mailbox for returned mail (IMAP)"),
        help=_("The mail server of the sender's mailbox. Empty: returned mail is not read."),
    ),
    Setting("imap_port", _("Port of the mailbox"), "number", 993),
    Setting(
        "imap_security", _("Security of the mailbox"), "choice", TLS,
        choices={TLS: "TLS", STARTTLS: "STARTTLS", PLAIN: _("None: within the house alone")},
    ),
    Setting("imap_user", _("Username of the mailbox")),
    Setting("imap_password", _("Password of the mailbox"), "secret"),
    Setting("imap_folder", _("Folder"), initial="INBOX"),
)  # fmt: skip


def in_clear(values: Mapping[str, Any]) -> bool:
    """Whether the password would go over a wire as it is."""
    host = str(values.get("imap_host") or "")
    return values.get("imap_security") == PLAIN and bool(host) and host not in HERE
