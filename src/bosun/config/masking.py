"""Addresses that are keys themselves stand in no log: feeds, links of mails, hooks, links for a new password."""

from __future__ import annotations

import logging
import re

SECRET = re.compile(
    r"(/(?:feeds|done|invitations|unsubscribe|hooks/in|hooks/sms|account/password/reset/key)/)[^\s?#\"'<>]+"
)


def masked(text: str) -> str:
    """The text without what comes after the beginning of such an address."""
    return SECRET.sub(r"\1…", text)


class Masked(logging.Filter):
    """Goes over every line before it is written; Django writes the address of what it refuses, or fails at."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the line is written, without the secret."""
        said = record.getMessage()
        if (plain := masked(said)) != said:
            record.msg, record.args = plain, ()
        return True
