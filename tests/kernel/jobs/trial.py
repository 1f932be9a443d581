"""Jobs to try the machinery with. What they did is in a file, so that it outlives the process that did it."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from comptoir.kernel import clock
from comptoir.kernel.jobs import GiveUp, Postpone, job, periodic

watch: Callable[[str], None] | None = None


def note(diary: str, line: str) -> None:
    with Path(diary).open("a") as file:
        file.write(f"{line}\n")


def lines(diary: Path) -> list[str]:
    return diary.read_text().splitlines() if diary.exists() else []


@job("trial.write")
def write(*, diary: str, line: str) -> None:
    note(diary, line)


@job("trial.fail", max_attempts=4)
def fail(*, diary: str, times: int) -> None:
    """Fails so many times, then works."""
    note(diary, "tried")
    if len(lines(Path(diary))) <= times:
        raise ConnectionError("the gateway is away")


@job("trial.slow")
def slow(*, diary: str, seconds: float) -> None:
    """Takes long when it is first run, and no time after that."""
    first = not lines(Path(diary))
    note(diary, "began")
    if first:
        time.sleep(seconds)
    note(diary, "ended")


@job("trial.wait")
def wait(*, diary: str, times: int) -> None:
    """Is not ready so many times."""
    note(diary, "asked")
    if len(lines(Path(diary))) <= times:
        raise Postpone(clock.now() + timedelta(hours=1))


def mourn(*, diary: str) -> None:
    note(diary, "mourned")


@job("trial.hopeless", on_dead=mourn)
def hopeless(*, diary: str) -> None:
    note(diary, "tried")
    raise GiveUp("there is no such account")


@periodic(every=timedelta(days=1))
@job("trial.daily")
def daily() -> None:
    """Once a day, and told to whoever watches."""
    if watch is not None:
        watch(clock.now().date().isoformat())


@job("trial.stolen")
def stolen(*, pk_file: str) -> None:
    """While it runs, another worker takes it over."""
    from comptoir.kernel.jobs.models import Job

    Job.objects.filter(pk=Path(pk_file).read_text()).update(worker="another:1:x:1", attempts=2)


@job("trial.together", max_attempts=4, in_batches=True)
def together(batch: Sequence[Mapping[str, str]]) -> None:
    """Notes down who came with whom. With a bad one among them it fails once it has done the others."""
    diary = batch[0]["diary"]
    note(diary, " ".join(sorted(args["line"] for args in batch)))
    if watch is not None:
        watch("together")
    if any(args["line"] == "bad" for args in batch):
        raise ConnectionError("the gateway is away")
