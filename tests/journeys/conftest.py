"""A county with its people and the designs we ship."""

import pytest
from flask.testing import FlaskClient

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import install_shipped
from tests.factories import NOW
from tests.journeys.cast import Cast
from tests.journeys.documents import make_county


@pytest.fixture
def cast(client: FlaskClient) -> Cast:
    with transaction():
        county = make_county()
        install_shipped(by=SYSTEM, at=NOW)
    return Cast(client, county)
