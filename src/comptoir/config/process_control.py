"""The processes that we start end with us, and hear once that it is time."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_TIME_TO_STOP = (signal.SIGINT, signal.SIGTERM)


def end_with_parent() -> None:
    """Called in the child. Even if we are killed outright, it is not left behind (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def keep_web_processes_in_hand() -> None:
    """Of those that granian forks from here on: each is told to stop by granian alone, and stops at any time.

    Without this, Ctrl-C in a terminal reaches them too, and granian's word a moment later; told twice, they
    may wait for ever. Told while they load the application, they would not hear it: until they have handlers
    of their own, they have those of the process that they were forked from. And told in the very moment of the fork,
    they hear it after that.
    """
    os.register_at_fork(before=_hear_later, after_in_parent=_hear, after_in_child=_answer_to_parent)


def _hear_later() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _TIME_TO_STOP)


def _hear() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _TIME_TO_STOP)


def _answer_to_parent() -> None:
    for number in _TIME_TO_STOP:
        signal.signal(number, signal.SIG_DFL)
    os.setpgid(0, 0)
    end_with_parent()
    _hear()
