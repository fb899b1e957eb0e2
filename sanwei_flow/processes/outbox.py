"""Wakes whoever runs jobs, once what wrote them has been committed."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sanwei_flow.db import after_commit

#: Instances whose jobs the runner of this context will come to by itself.
_queue: ContextVar[list[int] | None] = ContextVar("queue", default=None)

Runner = Callable[[Iterable[int], dt.datetime], object]


class _Waker:
    """Holds the runner; `jobs` puts itself here, since operations do not know jobs."""

    run: Runner | None = None


waker = _Waker()


def wake(instance_ids: Iterable[int], at: dt.datetime) -> None:
    """Have the jobs of these instances that are due `at` run right after the commit."""
    ids = list(instance_ids)

    def go() -> None:
        queue = _queue.get()
        if queue is not None:
            queue.extend(ids)
        elif waker.run is not None:
            waker.run(ids, at)

    after_commit(go)


@contextmanager
def queueing(ids: Iterable[int]) -> Iterator[list[int]]:
    """Collect further wake-ups in the list it yields instead of running jobs inside jobs."""
    queue = list(ids)
    token = _queue.set(queue)
    try:
        yield queue
    finally:
        _queue.reset(token)
