"""The whole suite: on the embedded defaults, then on PostgreSQL and Redis where they are found.

It ends by naming what it did not find. Arguments go to pytest as they are.

With `TEST_MINUTES`, as continuous integration sets it, no test is begun after that: those that a slow machine does not
reach are skipped, and named. The stories in the browser are the last of them.
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

# Of the minutes that there are, for everything on the embedded defaults; the rest is for what is told twice.
FIRST_PART = 0.65


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    minutes = float(os.environ.get("TEST_MINUTES", "inf"))
    outcomes = {"SQLite, no Redis": suite({}, arguments, until=time.time() + minutes * 60 * FIRST_PART)}
    postgres, redis = found.postgres(), found.redis()
    if postgres or redis:
        services = {name: url for name, url in (("DATABASE_URL", postgres), ("REDIS_URL", redis)) if url}
        name = " and ".join(each for each, url in (("PostgreSQL", postgres), ("Redis", redis)) if url)
        # A browser sees the same pages whatever lies below: its stories, and a few others, are told once.
        left = minutes * 60 - (time.monotonic() - started)
        outcomes[name] = suite(
            services, ["-m", "not browser and not once", *arguments], until=time.time() + left
        )
    print()
    for name, outcome in outcomes.items():
        print(f"{'passed' if outcome == 0 else 'FAILED'}: {name}")
    for sentence in found.missing():
        print(f"not found: {sentence}")
    print(f"{time.monotonic() - started:.0f} s in all")
    return max(outcomes.values())


def suite(services: dict[str, str], arguments: list[str], *, until: float) -> int:
    kept = {k: v for k, v in os.environ.items() if k not in OURS + HINDERS and not k.startswith(OURS_TOO)}
    on = " and ".join(services) or "the embedded defaults"
    print(f"── The suite on {on} ──", flush=True)
    # Twice as many as cores: they wait a good deal, for browsers, sockets and processes that come up.
    workers = str(min(2 * (os.cpu_count() or 1), 8))
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "--dist", "worksteal", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**kept, **services, "TEST_UNTIL": str(until)}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
