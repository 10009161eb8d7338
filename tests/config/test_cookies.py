"""Cookies over TLS: they leave by TLS alone, for this host alone, and no script reads the session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ASK = """
import json, django
django.setup()
from django.conf import settings
names = [name for name in dir(settings) if name.endswith(("_COOKIE_NAME", "_COOKIE_SECURE", "_COOKIE_HTTPONLY",
         "_COOKIE_SAMESITE", "_COOKIE_PATH", "_COOKIE_DOMAIN")) or name.startswith("SECURE_")]
print(json.dumps({name: str(getattr(settings, name)) for name in names}))
"""


def settings_under(https: str, home: Path) -> dict[str, str]:
    """What the settings say in a process of its own."""
    env = {
        **os.environ,
        "BOSUN_HTTPS": https,
        "BOSUN_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "bosun.config.settings",
    }
    answer = subprocess.run(
        [sys.executable, "-c", ASK], env=env, capture_output=True, text=True, check=True, timeout=120
    )
    found: dict[str, str] = json.loads(answer.stdout.splitlines()[-1])
    return found


def test_over_tls_every_cookie_is_bound_to_it_and_to_this_host(tmp_path: Path) -> None:
    found = settings_under("1", tmp_path)
    for kind, name in (("SESSION", "__Host-bosun"), ("CSRF", "__Host-bosun-csrf")):
        assert found[f"{kind}_COOKIE_NAME"] == name
        assert found[f"{kind}_COOKIE_SECURE"] == "True"
        assert found[f"{kind}_COOKIE_SAMESITE"] == "Lax"
        # What __Host- asks for: the whole site, and no domain.
        assert (found[f"{kind}_COOKIE_PATH"], found[f"{kind}_COOKIE_DOMAIN"]) == ("/", "None")
    assert found["SESSION_COOKIE_HTTPONLY"] == "True"
    assert found["LANGUAGE_COOKIE_SECURE"] == "True"
    assert int(found["SECURE_HSTS_SECONDS"]) == 365 * 24 * 3600


def test_without_tls_no_cookie_claims_it(tmp_path: Path) -> None:
    found = settings_under("0", tmp_path)
    assert (found["SESSION_COOKIE_NAME"], found["SESSION_COOKIE_SECURE"]) == ("bosun", "False")
    assert found["SESSION_COOKIE_HTTPONLY"] == "True"
