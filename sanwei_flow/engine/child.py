"""Checking an untrusted file in a process of its own, which can be ended and owns no secrets."""

from __future__ import annotations

import multiprocessing
import resource
from multiprocessing.connection import Connection

from sanwei_flow.engine.compile import ANYTHING, check_design
from sanwei_flow.engine.model import Names, Problem
from sanwei_flow.errors import N_

MEMORY = 1024**3
CPU_SECONDS = 10
SECONDS = 20.0


def check_in_child(
    xml: bytes, *, names: Names = ANYTHING, seconds: float = SECONDS
) -> list[Problem]:
    """`check_design` with bounds on memory (1 GB), processor (10 s) and wall time.

    A check that exceeds them is one problem more, `check-failed`; the caller never hangs.
    """
    # Not "fork": the server has threads. The fork server has none, and is ready after the first.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sanwei_flow.engine.compile"])
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(theirs, xml, names), daemon=True)
    child.start()
    theirs.close()
    try:
        problems: list[Problem] = ours.recv() if ours.poll(seconds) else [FAILED]
    except EOFError:
        problems = [FAILED]
    finally:
        ours.close()
        child.kill()
        child.join()
        child.close()
    return problems


FAILED = Problem(
    "check-failed", "error", None, None, N_("检查这个文件用的时间或内存太多，不能接受"), {}
)


def _work(answer: Connection, xml: bytes, names: Names) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    answer.send(check_design(xml, names=names))
    answer.close()
