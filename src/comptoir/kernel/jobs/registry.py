"""The functions that are declared as jobs, and how often the periodic ones among them run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from comptoir.kernel.registry import modules

F = TypeVar("F", bound=Callable[..., None])


class Postpone(Exception):
    """Raised by a job: not yet, ask again at `run_at`. Uses up no attempt."""

    def __init__(self, run_at: datetime) -> None:
        super().__init__(run_at)
        self.run_at = run_at


class GiveUp(Exception):
    """Raised by a job: no further attempt can help. It becomes a dead letter at once."""


@dataclass(frozen=True)
class JobDefinition:
    """A function that can be enqueued. `on_dead` gets the same arguments once the last attempt has failed."""

    name: str
    run: Callable[..., None]
    max_attempts: int
    on_dead: Callable[..., None] | None
    in_batches: bool

    def call(self, batch: Sequence[Mapping[str, Any]]) -> None:
        """Run it for these sets of arguments: one, unless it takes batches."""
        if self.in_batches:
            self.run(batch)
        else:
            [args] = batch
            self.run(**args)


_definitions: dict[str, JobDefinition] = {}
_names: dict[Callable[..., Any], str] = {}
_every: dict[str, timedelta] = {}


def job(
    name: str,
    *,
    max_attempts: int = 12,
    on_dead: Callable[..., None] | None = None,
    in_batches: bool = False,
) -> Callable[[F], F]:
    """Declare a function as a job. `name` is stored on rows: never rename one that may be waiting.

    One that works `in_batches` is called with a list of the arguments of several jobs (mappings) that are due at the
    same time, which is often one alone. Where it raises, each of them is done again by itself, so that a bad one
    fails no other; like every job it must stand being done twice.
    """

    def declare(run: F) -> F:
        assert name not in _definitions or _definitions[name].run.__module__ == run.__module__, (
            f"two jobs are {name!r}"
        )
        _definitions[name] = JobDefinition(name, run, max_attempts, on_dead, in_batches)
        _names[run] = name
        return run

    return declare


def periodic(*, every: timedelta) -> Callable[[F], F]:
    """Run a job without arguments once in each slot of this length, counted from the epoch in UTC.

    Stands above `@job`. Of the slots that passed while nobody was working, only the latest is run.
    """
    assert every >= timedelta(seconds=1), "a slot is a second or more"

    def declare(run: F) -> F:
        _every[_names[run]] = every
        return run

    return declare


def definition_of(job_or_name: str | Callable[..., None]) -> JobDefinition:
    """The definition of this function or name. Raises `LookupError` when there is none."""
    name = job_or_name if isinstance(job_or_name, str) else _names.get(job_or_name, repr(job_or_name))
    if name not in _definitions:
        modules()  # declares the jobs of the products
    if name not in _definitions:
        raise LookupError(f"no job is declared as {name!r}")
    return _definitions[name]


def runs_in_batches(name: str) -> bool:
    """Whether the job of this name is known here, and takes the arguments of several at once."""
    try:
        return definition_of(name).in_batches
    except LookupError:
        return False


def periodic_jobs() -> dict[str, timedelta]:
    """The length of a slot by the name of its job."""
    modules()
    return dict(_every)
