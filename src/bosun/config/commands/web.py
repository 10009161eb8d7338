"""Serve pages and the API; as many of these as wanted, on as many machines."""

import argparse
import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from bosun.config.static import collect

POLITE_SECONDS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and how wide."""
    parser.add_argument("--bind", default=os.environ.get("BOSUN_BIND", "127.0.0.1"), help="address to listen on")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    # Python runs one thread at a time in a process: processes make use of the cores, threads of waiting times.
    parser.add_argument("--processes", type=int, default=int(os.environ.get("BOSUN_WEB_PROCESSES") or cores()))
    parser.add_argument("--threads", type=int, default=int(os.environ.get("BOSUN_WEB_THREADS") or 4))


def cores() -> int:
    """How many processes suit this machine when nobody says."""
    return min(4, os.cpu_count() or 1)


def run(options: argparse.Namespace) -> int:
    """Collect the static files, then serve until told to stop."""
    collect()
    Granian(
        "bosun.config.wsgi:application",
        address=options.bind,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.processes,
        blocking_threads=options.threads,
        # Database connections live in these threads: threads that come and go would open new ones all day.
        blocking_threads_idle_timeout=600,
        backlog=2048,
        respawn_failed_workers=True,
        workers_kill_timeout=POLITE_SECONDS,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0
