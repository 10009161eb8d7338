"""`make test`: style, types, contracts, then the tests on SQLite and on PostgreSQL; says which parts were missing.

The first failure ends it, so that its own words stand last. With CI=true a missing part is a failure too.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.machine import missing_parts
from tools import postgres

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PYTEST = [PYTHON, "-m", "pytest", "-q", "-n", os.environ.get("BOSUN_TEST_PROCESSES", "auto")]


def main(arguments: Sequence[str]) -> int:
    """Run every step; further arguments go to pytest."""
    missing = list(missing_parts().values())
    if postgres.binaries() is None:
        missing.append("PostgreSQL")
    if missing and os.environ.get("CI", "").lower() == "true":
        say_missing(missing)
        return 1
    for target in ("lint", "types", "contracts"):
        if subprocess.run(["make", "--no-print-directory", target], check=False, cwd=ROOT).returncode:
            return 1
    plain = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if run("SQLite", [*PYTEST, *arguments], plain):
        return 1
    if "PostgreSQL" not in missing:
        with postgres.cluster() as url:
            # Journeys in the browser look the same on both databases.
            if run("PostgreSQL", [*PYTEST, "-m", "not browser", *arguments], {**plain, "DATABASE_URL": url}):
                return 1
    say_missing(missing)
    return 0


def run(name: str, command: list[str], environment: dict[str, str]) -> int:
    """One run of pytest, announced."""
    print(f"\n== tests on {name}", flush=True)
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


def say_missing(parts: Sequence[str]) -> None:
    """One line for each part that this machine lacks."""
    for part in parts:
        print(f"missing: {part}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
