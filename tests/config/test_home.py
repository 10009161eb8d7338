"""The folder of the installation and its key."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bosun.config.home import home_folder, secret_key


def test_the_home_is_made_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BOSUN_HOME", str(tmp_path / "a" / "b"))
    assert home_folder() == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()


def test_the_key_is_made_once_and_only_its_owner_reads_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("BOSUN_SECRET_KEY", raising=False)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _turn: secret_key(tmp_path), range(32)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_key_given_for_several_machines_is_not_written_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BOSUN_SECRET_KEY", "shared")
    assert secret_key(tmp_path) == "shared"
    assert list(tmp_path.iterdir()) == []
