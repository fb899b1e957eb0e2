"""A county and its people as the API sees them."""

import pytest
from flask.testing import FlaskClient

from sanwei_flow.db import transaction
from tests.journeys.documents import County, make_county
from tests.journeys.people import Person, person


@pytest.fixture
def county(client: FlaskClient) -> County:
    with transaction():
        return make_county()


@pytest.fixture
def office(client: FlaskClient, county: County) -> Person:
    assert county.office
    return person(client, county.office)


@pytest.fixture
def clerk(client: FlaskClient, county: County) -> Person:
    return person(client, county.clerks["县供销合作社"])
