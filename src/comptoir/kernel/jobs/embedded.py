"""The worker inside the web process: what `make demo` and a small installation run on."""

from multiprocessing.util import Finalize

from comptoir.kernel.jobs.worker import POLL_SECONDS, Worker


def start() -> Worker:
    """Start it in this process, once. It stops with the process, after the jobs at hand.

    granian ends its web processes by returning from their main function, and they leave by `os._exit`: no
    `atexit` function is called there, only the finalizers of multiprocessing are, before threads are joined.
    """
    worker = Worker(concurrency=4, poll_seconds=POLL_SECONDS)
    worker.start()
    Finalize(None, worker.stop, exitpriority=100)
    return worker
