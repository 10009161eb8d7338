"""Django's SQLite backend; a statement that must wait for another process looks every few milliseconds whether it may.

SQLite itself waits longer and longer between two looks, up to a tenth of a second: among busy writers some waited for
seconds while others passed. And it waits inside the connection: when the garbage of one thread held a cursor of the
other, the thread that wrote waited for the one that waited for it, until the time was over.
"""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Any

from django.db.backends.sqlite3 import base

LOOK = (0.0005, 0.003)
"""Seconds between two looks; by chance, so that those who wait do not all look at once."""


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that waits for its turn outside of SQLite."""

    patience = 20.0

    def execute(self, query: Any, params: Any = None) -> Any:
        """Execute a statement as soon as the file is free. In a transaction it has begun, nothing is waited for."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return super().execute(query, params)
            except sqlite3.OperationalError as error:
                busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or self.connection.in_transaction or time.monotonic() > deadline:
                    raise
            time.sleep(random.uniform(*LOOK))  # noqa: S311 - no secret


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the file."""

    patience = 20.0
    """Seconds until a statement that does not get its turn gives up."""

    def get_connection_params(self) -> dict[str, Any]:
        """The connection's options; its timeout is how long any statement waits."""
        found: dict[str, Any] = super().get_connection_params()
        self.patience = float(found.get("timeout", self.patience))
        return found

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that is never asked to wait by itself, once it is set up."""
        made = super().get_new_connection(conn_params)
        made.execute("PRAGMA busy_timeout = 0")
        return made

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor with the patience of its connection."""
        made = self.connection.cursor(factory=Cursor)
        made.patience = self.patience
        return made
