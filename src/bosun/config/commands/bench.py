"""Measure lists, records, search, create and import with 100,000 customers, in a database of its own."""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bosun.config.bench import report
from bosun.config.bench.client import Outcome, measure
from bosun.config.bench.scenes import scenes

STARTER = "import django, runpy, sys; django.setup(); runpy.run_module(sys.argv.pop(1), run_name='__main__')"
BOSUN = [sys.executable, "-m", "bosun.config.cli"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How large, and how long."""
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--follow-ups", type=int, default=300_000)
    parser.add_argument("--seconds", type=float, default=8.0, help="for each scene and number of clients")
    parser.add_argument("--clients", default="1,8", help="numbers of clients, separated by commas")
    parser.add_argument("--rows", type=int, default=5_000, help="rows of the file that is imported")
    parser.add_argument("--out", type=Path, help="where the JSON goes; bench-DATABASE.json here by default")


def run(options: argparse.Namespace) -> int:
    """Fill, serve, measure, print. DATABASE_URL may name an empty PostgreSQL; else a file is made and removed."""
    home = Path(tempfile.mkdtemp(prefix="bosun-bench-"))
    os.environ |= {"BOSUN_HOME": str(home), "BOSUN_API_RATE": "0", "DJANGO_SETTINGS_MODULE": "bosun.config.settings"}
    database = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    try:
        found = everything(options, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    found["database"] = database
    out = options.out or Path(f"bench-{database}.json")
    out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(report.table(found))
    print(f"\n{out}")
    return 0


def everything(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """All figures."""
    say(f"filling with {options.customers:,} customers and {options.follow_ups:,} follow-ups")
    subprocess.run([*BOSUN, "migrate", "--quiet"], check=True)
    filled = program("filling", str(options.customers), str(options.follow_ups))
    world = json.loads(filled)
    kept = home / "world.json"
    kept.write_text(filled, encoding="utf-8")
    queries = json.loads(program("counting", str(kept)))
    port = free_port()
    server = subprocess.Popen([*BOSUN, "web", "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        lines = measured(options, world, queries, port, server.pid)
    finally:
        server.terminate()
        server.wait(30)
    say("importing")
    return {
        "customers": options.customers, "follow_ups": options.follow_ups, "cores": os.cpu_count(),
        "load": world["loaded"], "scenes": lines, "import_rows_per_second": imported(home, options.rows),
    }  # fmt: skip


def measured(
    options: argparse.Namespace, world: dict[str, Any], queries: dict[str, int], port: int, server: int
) -> list[dict[str, Any]]:
    """One entry for each scene and form."""
    lines = []
    for scene in scenes(world):
        say(f"{scene.name} ({scene.form})")
        measure(port, scene, 2, 1.0, server)
        runs: list[Outcome] = [
            measure(port, scene, int(clients), options.seconds, server) for clients in options.clients.split(",")
        ]
        lines.append(
            {
                "scene": scene.name, "form": scene.form, "queries": queries[f"{scene.name}/{scene.form}"],
                "clients": {str(one.clients): one.figures() for one in runs},
            }
        )  # fmt: skip
    return lines


def imported(home: Path, rows: int) -> float:
    """Rows a second that a file brings in, everything included."""
    file = home / "import.csv"
    lines = [f"Bought {number},B,+3493{number:07},{number % 900}" for number in range(rows)]
    file.write_text("\n".join(["Name,Grade,Phone,Staff", *lines]) + "\n", encoding="utf-8")
    began = time.perf_counter()
    command = [*BOSUN, "import", "customers", str(file), "--user", "admin"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        say(done.stdout + done.stderr)
        return 0.0
    return round(rows / (time.perf_counter() - began), 1)


def program(name: str, *arguments: str) -> str:
    """What one of our own programs prints."""
    command = [sys.executable, "-c", STARTER, f"bosun.config.bench.{name}", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Until the server answers."""
    for _attempt in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The web server did not start.")


def say(line: str) -> None:
    """Progress goes to standard error; the table goes to standard output."""
    print(line, file=sys.stderr, flush=True)
