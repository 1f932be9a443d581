"""Every check that is no test: style, types, imports, migrations, translations, templates, dead code, dependencies.

Each is printed with its time; what one finds is shown in full. Exits with 1 when one of them finds something.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
GREEN, RED, YELLOW, PLAIN = "\033[32m", "\033[31m", "\033[33m", "\033[0m"


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]
    fails: bool = True


def checks() -> list[Check]:
    templates = [
        str(path.relative_to(ROOT)) for path in sorted((ROOT / "src/comptoir").rglob("templates/**/*.html"))
    ]
    return [
        Check("style", ("ruff", "check", "--quiet", ".")),
        Check("layout", ("ruff", "format", "--quiet", "--check", ".")),
        Check("types", ("mypy",)),
        Check("imports", ("lint-imports", "--no-cache")),
        Check(
            "architecture", ("pytest", "-q", "--no-header", "-p", "no:cacheprovider", "tests/architecture")
        ),
        Check("migrations are complete", ("python", "manage.py", "makemigrations", "--check", "--dry-run")),
        Check("migrations are safe", ("python", "tools/lint_migrations.py")),
        Check("translations", ("python", "tools/messages.py", "--check")),
        Check("templates", ("djade", "--check", "--target-version", "5.2", *templates)),
        Check("dead code", ("python", "tools/dead_code.py")),
        Check("dependencies", ("deptry", ".")),
        # The advisories may be out of reach, and a new one is no fault of this change: it warns.
        Check(
            "advisories",
            ("pip-audit", "--progress-spinner", "off", "--disable-pip", "-r", "requirements/base.txt"),
            False,
        ),
    ]


def main() -> int:
    started, failed = time.monotonic(), []
    for check in checks():
        began = time.monotonic()
        outcome = subprocess.run(
            [str(BIN / check.command[0]), *check.command[1:]],
            cwd=ROOT,
            env=os.environ | {"NO_COLOR": "1", "DJANGO_SETTINGS_MODULE": "comptoir.config.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        colour, verdict = verdict_of(outcome.returncode, check)
        print(f"{colour}{verdict:>6}{PLAIN}  {check.name} ({time.monotonic() - began:.1f} s)", flush=True)
        if outcome.returncode:
            print(outcome.stdout + outcome.stderr)
            failed += [check.name] if check.fails else []
    print(
        f"{time.monotonic() - started:.0f} s. "
        + (f"Failed: {', '.join(failed)}." if failed else "All is well.")
    )
    return 1 if failed else 0


def verdict_of(code: int, check: Check) -> tuple[str, str]:
    if code == 0:
        return GREEN, "ok"
    return (RED, "FAILED") if check.fails else (YELLOW, "warns")


if __name__ == "__main__":
    sys.exit(main())
