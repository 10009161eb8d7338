"""Django's SQLite backend; a transaction that must wait for another looks every few milliseconds whether it may begin.

SQLite itself waits longer and longer between two looks, up to a tenth of a second. Among busy writers the file is
seldom free at just that moment: some waited for seconds while others passed.
"""

from __future__ import annotations

import random
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

LOOK = (0.0005, 0.003)
"""Seconds between two looks; by chance, so that those who wait do not all look at once."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the file."""

    patience = 20.0
    """Seconds until a transaction that cannot begin gives up."""

    def get_connection_params(self) -> dict[str, Any]:
        """The connection's options; its timeout is how long any statement waits."""
        found: dict[str, Any] = super().get_connection_params()
        self.patience = float(found.get("timeout", self.patience))
        return found

    def _start_transaction_under_autocommit(self) -> None:
        deadline = time.monotonic() + self.patience
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            while not self._begun(deadline):
                time.sleep(random.uniform(*LOOK))  # noqa: S311 - no secret
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {int(self.patience * 1000)}")

    def _begun(self, deadline: float) -> bool:
        """Whether the transaction could begin; what SQLite says when it is too late."""
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            # To wait is no failure: Django would close the connection at the end of the request.
            self.errors_occurred = False
            return False
        return True
