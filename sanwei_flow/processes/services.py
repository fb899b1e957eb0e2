"""The operations a design's service tasks may name.

A design can only say a registered name; it can never reach a Python path. Features register
theirs while the application is built.
"""

import datetime as dt
from typing import Any, Protocol

from sanwei_flow.engine import EngineError
from sanwei_flow.errors import N_
from sanwei_flow.processes.models import ProcessInstance


class Service(Protocol):
    """Does its work in the caller's transaction; what it returns becomes variables."""

    def __call__(
        self, arguments: dict[str, Any], *, instance: ProcessInstance, at: dt.datetime
    ) -> dict[str, Any] | None: ...


_services: dict[str, Service] = {}


def register(name: str, service: Service) -> None:
    """Allow designs to call `service` as `name`, such as `plans.write_off_row`."""
    _services[name] = service


def names() -> frozenset[str]:
    """Every registered name, for checking designs."""
    return frozenset(_services)


def find(name: str) -> Service:
    """The registered operation.

    Raises EngineError if there is none (any more).
    """
    try:
        return _services[name]
    except KeyError:
        raise EngineError(N_("流程调用了未登记的服务 {name}"), name=name) from None
