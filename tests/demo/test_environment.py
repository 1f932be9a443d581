"""The settings of the demo, as the shell reads them."""

import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from comptoir.demo.environment import Places, prepare

pytestmark = pytest.mark.once


def _as_a_shell_reads(env_file: Path) -> dict[str, str]:
    script = f"set -a; . {shlex.quote(str(env_file))}; env -0"
    seen = subprocess.run(["sh", "-c", script], env={}, capture_output=True, text=True, check=True).stdout
    return dict(entry.split("=", 1) for entry in seen.split("\0") if entry)


def test_a_shell_reads_what_was_written_even_with_odd_names(tmp_path: Path) -> None:
    places = Places(data=tmp_path / "my demo’s data", port=8000, sandbox_port=8001)
    environment = prepare(places)
    seen = _as_a_shell_reads(places.env_file)
    assert environment.items() <= seen.items()
    assert seen["STRIPE_API_BASE"] == "http://127.0.0.1:8001"


def test_secrets_are_kept_and_addresses_follow_the_ports(tmp_path: Path) -> None:
    first = prepare(Places(data=tmp_path, port=8000, sandbox_port=8001))
    second = prepare(Places(data=tmp_path, port=8100, sandbox_port=8101))
    for name in ("SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"):
        assert first[name] == second[name]
    assert second["SITE_URL"] == "http://127.0.0.1:8100"


def test_two_demos_share_no_secret(tmp_path: Path) -> None:
    one = prepare(Places(data=tmp_path / "one", port=1, sandbox_port=2))
    two = prepare(Places(data=tmp_path / "two", port=1, sandbox_port=2))
    assert one["SECRET_KEY"] != two["SECRET_KEY"]


def test_nobody_else_on_the_machine_reads_it(tmp_path: Path) -> None:
    places = Places(data=tmp_path, port=8000, sandbox_port=8001)
    prepare(places)
    assert stat.S_IMODE(places.env_file.stat().st_mode) == 0o600
