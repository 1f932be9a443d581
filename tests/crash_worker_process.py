"""The other side of `crash_worker.py`: tells it what to do in a process of its own, and when to die."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

KILLED = -9
# What changes from test to test, and so goes with each order.
AS_THEY_ARE_NOW = (
    "SITE_URL",
    "STRIPE_API_BASE",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRETS",
    "ASSISTANT_URL",
    "ASSISTANT_SECRETS",
)


class CrashWorker:
    """Does steps of the shop's work in another process, and dies where it is told to."""

    def __init__(self) -> None:
        database = settings.DATABASES["default"]
        here = {
            "DJANGO_SETTINGS_MODULE": "comptoir.config.settings",
            "DATABASE_URL": (
                f"sqlite:///{database['NAME']}"
                if database["ENGINE"].endswith("sqlite3")
                else f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
            ),
            "DATA_DIR": str(settings.DATA_DIR),
            "EMAIL_URL": "eml:",
            "ALLOWED_HOSTS": "testserver",
            "LOG_LEVEL": "CRITICAL",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **here},
            cwd=Path(__file__).parents[1],
        )

    def does(self, step: str, *, kill_at: int, **args: Any) -> bool:
        """Whether the step was killed; if not, it has come to its end."""
        assert self._process.stdin
        assert self._process.stdout
        now = {name: getattr(settings, name) for name in AS_THEY_ARE_NOW}
        order = {"step": step, "args": args, "killAt": kill_at, "settings": now}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        assert status in (0, KILLED), f"{step} ended with {status}"
        return status == KILLED

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
