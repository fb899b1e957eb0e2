"""The county and its running plan, as the stories of plans know them."""

import pytest

from tests.plans.conftest import desk  # noqa: F401 - a fixture
from tests.plans.test_requests import Story


@pytest.fixture
def story(desk) -> Story:  # noqa: F811 - the fixture above
    return Story(desk, desk.launch(desk.ready()))
