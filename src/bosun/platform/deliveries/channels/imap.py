"""Where mail that came back is read: settings of the e-mail channel."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.platform.deliveries.channels.port import Setting

TLS, STARTTLS, PLAIN = "tls", "starttls", "none"
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
