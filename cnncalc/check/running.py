"""Many files checked: one after the other, or in worker processes where that is faster."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from cnncalc.check.checking import check_text, unread
from cnncalc.check.files import decoded, read
from cnncalc.check.report import FileReport
from cnncalc.check.settings import Settings
from cnncalc.problems import UnreadableFile

#: Seconds of work from which on processes are worth their start (about 0.05 s each where they are
#: forked, 0.2 s where they are not). What is left is guessed from what was done.
WORTH = 0.5
#: Seconds after which the guess is made.
TRIED = 0.2


class Given(NamedTuple):
    """What is in no file, and what it is called."""

    path: str
    data: bytes


Item = Path | Given
Check = Callable[[Item, Settings], FileReport]


def name_of(item: Item) -> str:
    """What findings call it; what is no text in the name of a file is written as an escape."""
    name = item.path if isinstance(item, Given) else item.as_posix()
    return name.encode("utf-8", "backslashreplace").decode()


def check_item(item: Item, settings: Settings) -> FileReport:
    """One spec, with all that is wrong with it."""
    path = name_of(item)
    try:
        text = decoded(item.data) if isinstance(item, Given) else read(item)
    except UnreadableFile as error:
        return unread(error, path, settings)
    return check_text(text, path, settings)


def run(
    items: Sequence[Item], settings: Settings, jobs: int = 1, check: Check = check_item
) -> list[FileReport]:
    """The reports in the order of ``items``, whoever made them.

    ``jobs`` is the most processes at a time. What a worker raises is raised here; a worker that
    dies raises :class:`concurrent.futures.process.BrokenProcessPool`.
    """
    started = time.perf_counter()
    done: list[FileReport] = []
    for item in items:
        elapsed = time.perf_counter() - started
        if jobs > 1 and done and elapsed > TRIED:
            left = len(items) - len(done)
            if left > 1 and elapsed / len(done) * left > WORTH:
                return done + _share(items[len(done) :], settings, jobs, check)
        done.append(check(item, settings))
    return done


def _share(items: Sequence[Item], settings: Settings, jobs: int, check: Check) -> list[FileReport]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # A fork has all modules loaded; it is safe where no other thread may hold a lock.
    forks = sys.platform == "linux" and threading.active_count() == 1
    workers = min(jobs, len(items))
    size = max(1, len(items) // (8 * workers))
    context = get_context("fork" if forks else "spawn")
    pool = ProcessPoolExecutor(
        workers,
        mp_context=context,
        initializer=_begin,
        initargs=(os.getpid(), check, settings),
    )
    try:
        found = list(pool.map(_next, items, chunksize=size))
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return found


def _begin(parent: int, check: Check, settings: Settings) -> None:
    """A worker leaves an interruption to the main process, and ends when that is gone."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _task.append((check, settings))


#: What a worker does with each item. It is sent once: settings may hold the numbers of a whole base.
_task: list[tuple[Check, Settings]] = []


def _next(item: Item) -> FileReport:
    check, settings = _task[0]
    return check(item, settings)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def cores() -> int:
    """How many processes can run at once here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
