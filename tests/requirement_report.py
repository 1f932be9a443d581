"""Which requirement rows a run has proven: tests name theirs with `@pytest.mark.req("K12")`.

`pytest --req-report` lists every row; a row that no list has fails the collection, so that no test names thin air.
"""

from collections import defaultdict
from pathlib import Path

import pytest

ROWS = dict(
    line.split(" ", 1)
    for line in Path(__file__).with_name("requirement_rows.txt").read_text("utf-8").splitlines()
)
_PROPERTY = "req"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--req-report", action="store_true", help="list which requirement rows are proven")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for row in [row for mark in item.iter_markers("req") for row in mark.args]:
            if row not in ROWS:
                raise pytest.UsageError(f"{item.nodeid} names requirement {row!r}, which is in no list")
            item.user_properties.append((_PROPERTY, row))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--req-report"):
        return
    tests = _outcomes_by_row(terminalreporter)
    terminalreporter.section("requirements")
    for row, meaning in ROWS.items():
        outcomes = tests[row]
        if not outcomes:
            verdict = "no test"
        elif outcomes <= {"passed"}:
            verdict = "proven"
        else:
            verdict = "FAILED"
        terminalreporter.line(
            f"{row:<4} {verdict:<8} {meaning}", red=verdict == "FAILED", green=verdict == "proven"
        )
    proven = sum(1 for row in ROWS if tests[row] and tests[row] <= {"passed"})
    terminalreporter.line(f"{proven} of {len(ROWS)} rows are proven")


def _outcomes_by_row(reporter: pytest.TerminalReporter) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for outcome in ("passed", "failed", "error"):
        for report in reporter.stats.get(outcome, []):
            for name, row in getattr(report, "user_properties", []):
                if name == _PROPERTY:
                    found[row].add(outcome)
    return found
