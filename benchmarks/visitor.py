"""Somebody who has bought nothing yet, and is signed in. Runs as a program in the shop's environment; prints JSON."""

import json
import subprocess
import sys
from dataclasses import dataclass

from benchmarks.databases import Database
from benchmarks.processes import ROOT, environment


@dataclass(frozen=True)
class Visitor:
    token: str
    cookie: str


def arrive(database: Database) -> Visitor:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.visitor"],
        cwd=ROOT,
        env=environment(database.url),
        capture_output=True,
        check=True,
    )
    return Visitor(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    from comptoir.config.setup_django import setup_django

    setup_django()
    from django.conf import settings
    from django.test import Client

    from comptoir.kernel.accounts.models import User
    from comptoir.kernel.accounts.tokens import issue_token

    email = "visitor@bench.test"
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, verified=True, name="Nour"
    )
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    print(json.dumps({"token": issue_token(user, name="bench"), "cookie": f"{session.key}={session.value}"}))


if __name__ == "__main__":
    main()
