"""The county of these stories."""

from collections.abc import Iterator

import pytest

from sanwei_flow.processes import services
from tests.migrating.stories import Division, make_division


@pytest.fixture
def division(database: None) -> Iterator[Division]:
    """Rows here belong to no plan: striking one off only says so."""
    write_off = services.find("plans.write_off_row")
    services.register("plans.write_off_row", lambda *_given, **_more: {})
    yield make_division()
    services.register("plans.write_off_row", write_off)
