"""The state of database, worker and scheduler, for monitors and for a banner on pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connection

from bosun import __version__
from bosun.platform.deliveries import configured
from bosun.platform.jobs import heartbeats

UP, DOWN = "up", "down"


@dataclass(frozen=True)
class State:
    """What runs and what does not, each part `up` or `down`."""

    database: str
    worker: str
    scheduler: str
    version: str = __version__
    channels: dict[str, str] = field(default_factory=dict)
    """How mails and the like go out; one that is down does not stop the rest."""

    @property
    def well(self) -> bool:
        """True when everything runs."""
        return DOWN not in (self.database, self.worker, self.scheduler)

    def as_json(self) -> dict[str, Any]:
        """What monitors read."""
        told = {"channels": self.channels} if self.channels else {}
        return {
            "status": UP if self.well else DOWN,
            "database": self.database,
            "worker": self.worker,
            "scheduler": self.scheduler,
            "version": self.version,
            **told,
        }


def state() -> State:
    """The state of this moment; never an error."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        alive = heartbeats.alive()
        channels = configured.states()
    except DatabaseError:
        return State(DOWN, DOWN, DOWN)
    return State(UP, UP if alive["worker"] else DOWN, UP if alive["scheduler"] else DOWN, channels=channels)
