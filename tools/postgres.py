"""Run a command against a PostgreSQL of its own: `python tools/postgres.py [--safe] COMMAND…` sets DATABASE_URL for it.

The cluster lies in a temporary folder, listens on a socket inside it and nowhere else, and goes when the command ends.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# For measuring: each commit waits for the disk, as a company's does.
SAFE = {"shared_buffers": "256MB"}
# Quick rather than safe: what is in it lasts no longer than the command.
SPEED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "256MB"}
NO_SERVER = "no PostgreSQL server on this machine"


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl of the newest server there is."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def server_account() -> str | None:
    """initdb refuses root: the account that the package made stands in. None when we are nobody special."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise SystemExit(f"{NO_SERVER}: root needs an account named postgres to run one") from None


@contextmanager
def cluster(settings: dict[str, str] | None = None) -> Iterator[str]:
    """A running server; its DATABASE_URL. `settings` replace those for speed."""
    bin_folder = binaries()
    if bin_folder is None:
        raise SystemExit(f"{NO_SERVER}: initdb was not found")
    account = server_account()
    folder = Path(tempfile.mkdtemp(prefix="bosun-pg-"))
    if account:
        shutil.chown(folder, account)
    data, log = folder / "data", folder / "log"

    def as_server(*command: str) -> None:
        subprocess.run(
            [str(bin_folder / command[0]), *command[1:]],
            check=True,
            user=account,
            group=account,
            extra_groups=[] if account else None,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    try:
        as_server(
            "initdb", "-D", str(data), "-E", "UTF8", "--locale=C.UTF-8", "-U", "bosun", "-A", "trust", "--no-sync"
        )
        chosen = SPEED if settings is None else settings
        options = {"listen_addresses": "", "unix_socket_directories": str(folder), "max_connections": "80", **chosen}
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in options.items())
        as_server("pg_ctl", "-D", str(data), "-l", str(log), "-w", "-t", "60", "-s", "start")
        try:
            as_server("createdb", "-h", str(folder), "-U", "bosun", "bosun")
            yield f"postgresql://bosun@/bosun?host={folder}"
        finally:
            as_server("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "-s", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run `command` with DATABASE_URL set."""
    safe = command[:1] == ["--safe"]
    command = command[1:] if safe else command
    with cluster(SAFE if safe else None) as url:
        return subprocess.run(command, check=False, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
