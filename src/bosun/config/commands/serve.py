"""Run everything on this machine: web and worker, each started again when it ends."""

import argparse
import ipaddress
import os
import sys

from bosun.config.static import UNMADE, made
from bosun.config.supervisor import Child, Supervisor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--bind", default=os.environ.get("BOSUN_BIND", "127.0.0.1"), help="address to listen on")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))


def run(options: argparse.Namespace) -> int:
    """Keep web and worker alive until told to stop; both end within half a minute."""
    if not made():
        say(UNMADE)
        return 1
    bosun = [sys.executable, "-m", "bosun.config.cli"]
    children = [
        Child("web", [*bosun, "web", "--bind", options.bind, "--port", str(options.port)]),
        Child("worker", [*bosun, "worker"]),
    ]
    say(f"Bosun: http://{host_name(options.bind)}:{options.port}/")
    return Supervisor(children, say=say).run()


def host_name(bind: str) -> str:
    """What to type into a browser on this machine."""
    try:
        address = ipaddress.ip_address(bind)
    except ValueError:
        return bind
    return "localhost" if address.is_loopback or address.is_unspecified else bind


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)
