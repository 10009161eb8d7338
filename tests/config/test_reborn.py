"""Processes that work are begun anew by a parent that has everything loaded, and end with it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bosun.config import reborn
from tests.config.test_supervisor import alive, pids, wait_for

PARENT = """
import os, signal, sys, time
from bosun.config import reborn
out, temper = sys.argv[1], sys.argv[2]
loaded = os.getpid()

def work():
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    with open(f"{out}/children", "a") as file:
        file.write(f"{os.getpid()}\\n")
    assert os.getppid() == loaded
    while not stop:
        time.sleep(0.02)
        if temper == "ends" and os.path.exists(f"{out}/end"):
            return 3
        if temper == "fails" and os.path.exists(f"{out}/end"):
            raise RuntimeError("it stumbled")
    return 0

sys.exit(reborn.run(work, 2))
"""
Starter = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    started: list[subprocess.Popen[str]] = []

    def begin(temper: str = "") -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PARENT, str(tmp_path), temper]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        wait_for(lambda: len(children(tmp_path)) == 2)
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def children(folder: Path) -> list[int]:
    return pids(folder, "children")


def none_lives(folder: Path) -> bool:
    return not any(alive(pid) for pid in children(folder))


def test_one_that_is_killed_is_begun_anew_and_the_other_left_alone(start: Starter, tmp_path: Path) -> None:
    parent = start()
    first, second = children(tmp_path)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(children(tmp_path)) == 3)
    assert (alive(first), alive(second), alive(children(tmp_path)[2])) == (False, True, True)
    assert parent.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_end_when_it_is_told_to(start: Starter, tmp_path: Path, number: int) -> None:
    parent = start()
    parent.send_signal(number)
    assert parent.wait(10) == 0
    assert none_lives(tmp_path)
    assert len(children(tmp_path)) == 2


def test_one_that_ends_by_itself_ends_all(start: Starter, tmp_path: Path) -> None:
    """Its code may be old by now: whoever started the parent loads it anew."""
    parent = start("ends")
    (tmp_path / "end").touch()
    assert parent.wait(10) == 3
    assert none_lives(tmp_path)


def test_one_that_fails_says_why(start: Starter, tmp_path: Path) -> None:
    parent = start("fails")
    (tmp_path / "end").touch()
    assert parent.wait(10) == 1
    assert parent.stderr is not None
    assert "RuntimeError: it stumbled" in parent.stderr.read()
    assert none_lives(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells a child")
def test_whoever_kills_the_parent_ends_the_others(start: Starter, tmp_path: Path) -> None:
    parent = start()
    parent.kill()
    wait_for(lambda: none_lives(tmp_path))
    assert parent.wait(5) == -signal.SIGKILL


def test_nobody_forks_with_other_threads() -> None:
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        with pytest.raises(RuntimeError, match="no other threads"):
            reborn.run(lambda: 0, 1)
    finally:
        stop.set()
        other.join()
