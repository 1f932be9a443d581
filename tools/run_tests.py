"""The whole suite: on the embedded defaults, then on PostgreSQL and Redis where they are found.

It ends by naming what it did not find. Arguments go to pytest as they are.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import found  # noqa: E402 — the tests are no installed package

# What the suite runs on is decided here, not by what somebody has set for a shop of theirs.
OURS = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "EMAIL_URL", "DATA_DIR", "SITE_URL", "PRODUCTION", "DEBUG")
OURS_TOO = ("STRIPE_", "PAYPAL_", "S3_")
# Eight workers and all the processes of the tests would each compile everything anew.
HINDERS = ("PYTHONDONTWRITEBYTECODE",)


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    outcomes = {"SQLite, no Redis": suite({}, arguments)}
    postgres, redis = found.postgres(), found.redis()
    if postgres or redis:
        services = {name: url for name, url in (("DATABASE_URL", postgres), ("REDIS_URL", redis)) if url}
        name = " and ".join(each for each, url in (("PostgreSQL", postgres), ("Redis", redis)) if url)
        # A browser sees the same pages whatever lies below: its stories, and a few others, are told once.
        outcomes[name] = suite(services, ["-m", "not browser and not once", *arguments])
    print()
    for name, outcome in outcomes.items():
        print(f"{'passed' if outcome == 0 else 'FAILED'}: {name}")
    for sentence in found.missing():
        print(f"not found: {sentence}")
    print(f"{time.monotonic() - started:.0f} s in all")
    return max(outcomes.values())


def suite(services: dict[str, str], arguments: list[str]) -> int:
    kept = {k: v for k, v in os.environ.items() if k not in OURS + HINDERS and not k.startswith(OURS_TOO)}
    on = " and ".join(services) or "the embedded defaults"
    print(f"── The suite on {on} ──", flush=True)
    # Twice as many as cores: they wait a good deal, for browsers, sockets and processes that come up.
    workers = str(min(2 * (os.cpu_count() or 1), 8))
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "--dist", "worksteal", *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept | services, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
