"""Periodic work of the queue itself, and the job that does any periodic work."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

from bosun.platform.jobs import declared, heartbeats, queue
from bosun.platform.jobs.running import Running


@declared.job("periodic", attempts=3)
def do_periodic(running: Running) -> None:
    """Do what `@every` declared."""
    task = declared.periodic.get(str(running.args["key"]))
    if task is not None:
        task.task()


@declared.every(60, "jobs.purge")
def purge_jobs() -> None:
    """Forget jobs that ended well, and processes that are gone."""
    queue.purge_done()
    heartbeats.forget_dead()


@declared.every(24 * 60, "sessions.purge")
def purge_sessions() -> None:
    """Forget sessions that have expired."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
