"""Serve pages and the API; as many of these as wanted, on as many machines."""

import argparse
import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from bosun.config.static import UNMADE, collect, made
from bosun.lib import openfiles

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
    if not made():
        print(UNMADE, flush=True)
        return 1
    openfiles.allow_more()
    collect()
    # The processes that serve read it when they begin.
    os.environ["BOSUN_WEB_THREADS"] = str(options.threads)
    Granian(
        "bosun.config.front:app",
        address=options.bind,
        port=options.port,
        interface=Interfaces.RSGI,
        workers=options.processes,
        backlog=2048,
        respawn_failed_workers=True,
        workers_kill_timeout=POLITE_SECONDS,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0
