"""Measure lists, records, boards, search, create and import with 100,000 customers, in a database of its own."""

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
from bosun.config.bench.client import measure, middle
from bosun.config.bench.scenes import scenes
from bosun.config.bench.usage import busy_seconds, cpu_seconds, pace

STARTER = "import django, runpy, sys; django.setup(); runpy.run_module(sys.argv.pop(1), run_name='__main__')"
BOSUN = [sys.executable, "-m", "bosun.config.cli"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How large, and how long."""
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--follow-ups", type=int, default=300_000)
    parser.add_argument("--opportunities", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=4.0, help="for each run")
    parser.add_argument("--runs", type=int, default=3, help="of each scene and number of clients; the median counts")
    parser.add_argument("--clients", default="1,8", help="numbers of clients, separated by commas")
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the file that is imported; 0 for none")
    parser.add_argument("--only", default="", help="only scenes whose name holds this")
    parser.add_argument("--home", type=Path, help="a folder that is kept: filled the first time, measured each time")
    parser.add_argument("--out", type=Path, help="where the figures go as JSON as well")


def run(options: argparse.Namespace) -> int:
    """Fill, serve, measure, print. DATABASE_URL may name an empty PostgreSQL; else a file is made and removed."""
    home = options.home or Path(tempfile.mkdtemp(prefix="bosun-bench-"))
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {"BOSUN_HOME": str(home), "BOSUN_API_RATE": "0", "DJANGO_SETTINGS_MODULE": "bosun.config.settings"}
    os.environ |= {"BOSUN_LOG_LEVEL": "ERROR"}
    try:
        found = everything(options, home)
    finally:
        if options.home is None:
            shutil.rmtree(home, ignore_errors=True)
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(report.page(found))
    return 0


def everything(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """All figures."""
    kept = home / "world.json"
    subprocess.run([*BOSUN, "migrate", "--quiet"], check=True)
    if not kept.exists():
        sizes = [str(number) for number in (options.customers, options.follow_ups, options.opportunities)]
        say(f"filling with {options.customers:,} customers and {options.follow_ups:,} follow-ups")
        kept.write_text(program("filling", *sizes), encoding="utf-8")
    world = json.loads(kept.read_text(encoding="utf-8"))
    queries = json.loads(program("counting", str(kept)))
    port = free_port()
    server = subprocess.Popen([*BOSUN, "serve", "--port", str(port)], stdout=subprocess.DEVNULL)
    roots = [pid for pid in (server.pid, world["database"]) if pid]
    began, busy = time.perf_counter(), busy_seconds() - cpu_seconds([*roots, os.getpid()])
    try:
        wait_for(port)
        lines = measured(options, world, queries, port, roots)
        additions = pace()
    finally:
        others = busy_seconds() - cpu_seconds([*roots, os.getpid()]) - busy
        took = time.perf_counter() - began
        server.terminate()
        server.wait(60)
    return {
        "database": world["name"], "customers": world["customers"], "follow_ups": world["follow_ups"],
        "opportunities": world["opportunities"],
        "cores": os.cpu_count(), "day": time.strftime("%Y-%m-%d", time.gmtime()), "load": world["loaded"],
        "pace": additions, "others": others / took / (os.cpu_count() or 1), "scenes": lines,
        "rules": {} if options.only or not options.rows else json.loads(program("ruling")),
        "imports": {way: imported(home, options.rows, way) for way in report.IMPORTS if options.rows},
        "ruled_imports": ruled(home, options.rows) if options.rows else {},
    }  # fmt: skip


def measured(
    options: argparse.Namespace, world: dict[str, Any], queries: dict[str, int], port: int, roots: list[int]
) -> list[dict[str, Any]]:
    """One entry for each scene and form."""
    lines = []
    for scene in scenes(world):
        if options.only not in scene.name:
            continue
        say(f"{scene.name} ({scene.form})")
        measure(port, scene, 4, 1.0, roots)
        found = {}
        for clients in options.clients.split(","):
            runs = [measure(port, scene, int(clients), options.seconds, roots) for _run in range(options.runs)]
            found[clients] = middle(runs)
        counted = queries[f"{scene.name}/{scene.form}"]
        lines.append({"scene": scene.name, "form": scene.form, "queries": counted, "clients": found})
    return lines


def imported(home: Path, rows: int, duplicates: str) -> float:
    """Rows a second that a file brings in, everything included."""
    say(f"importing ({report.IMPORTS[duplicates]})")
    file, how = home / "import.csv", home / "import.json"
    run_number = time.time_ns() // 10**9 % 10**8
    lines = [f"Bought {run_number} {number},B,,{number % 900}" for number in range(rows)]
    file.write_text("\n".join(["Name,Grade,Phone,Staff", *lines]) + "\n", encoding="utf-8")
    columns = {"Name": "name", "Grade": "grade", "Phone": "phones", "Staff": "staff"}
    how.write_text(json.dumps({"columns": columns, "duplicates": duplicates}), encoding="utf-8")
    began = time.perf_counter()
    command = [*BOSUN, "import", "customers", str(file), "--user", "admin", "--map", str(how)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        say(done.stdout + done.stderr)
        return 0.0
    return rows / (time.perf_counter() - began)


def ruled(home: Path, rows: int) -> dict[str, float]:
    """Rows a second that a file brings in without rules and with fifty; twice each, by turns."""
    found: dict[str, list[float]] = {"0": [], "50": []}
    for count in ("0", "50", "50", "0"):
        if count == "50":
            program("ruling", "on")
        try:
            found[count].append(imported(home, rows, "create"))
        finally:
            program("ruling", "off")
    return {count: sum(rates) / len(rates) for count, rates in found.items()}


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
