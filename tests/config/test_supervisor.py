"""Children live on, one by one, and end together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PARENT = """
import sys
from bosun.config.supervisor import Child, Supervisor
out, stubborn = sys.argv[1], sys.argv[2] == "stubborn"
code = "import os, signal, sys, time\\n"
code += "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\n" if stubborn else ""
code += "open(sys.argv[1], 'a').write(f'{os.getpid()}\\\\n')\\ntime.sleep(60)"
children = [Child(name, [sys.executable, "-c", code, f"{out}/{name}"]) for name in ("one", "two")]
sys.exit(Supervisor(children, say=lambda line: print(line, flush=True), patience=1.0).run())
"""


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def pids(folder: Path, name: str) -> list[int]:
    path = folder / name
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


Starter = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    started: list[subprocess.Popen[bytes]] = []

    def begin(temper: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", PARENT, str(tmp_path), temper]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        wait_for(lambda: bool(pids(tmp_path, "one") and pids(tmp_path, "two")))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def test_a_killed_child_is_started_again_and_the_other_is_left_alone(start: Starter, tmp_path: Path) -> None:
    start("polite")
    os.kill(pids(tmp_path, "one")[0], signal.SIGKILL)
    wait_for(lambda: len(pids(tmp_path, "one")) == 2)
    assert alive(pids(tmp_path, "one")[1])
    assert len(pids(tmp_path, "two")) == 1


def test_on_sigterm_all_end(start: Starter, tmp_path: Path) -> None:
    parent = start("polite")
    parent.terminate()
    assert parent.wait(10) == 0
    assert not any(alive(pid) for name in ("one", "two") for pid in pids(tmp_path, name))


def test_a_stubborn_child_is_ended_when_patience_is_over(start: Starter, tmp_path: Path) -> None:
    parent = start("stubborn")
    parent.terminate()
    assert parent.wait(10) == 1
    assert not any(alive(pid) for name in ("one", "two") for pid in pids(tmp_path, name))


def test_children_end_when_the_supervisor_is_killed_outright(start: Starter, tmp_path: Path) -> None:
    parent = start("polite")
    parent.kill()
    wait_for(lambda: not any(alive(pid) for name in ("one", "two") for pid in pids(tmp_path, name)))
    assert parent.wait(5) == -signal.SIGKILL
