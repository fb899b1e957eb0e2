"""What a dry run answers where a real process would ask the plan."""

import pytest

from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.scenarios.answers import Asked, answer
from tests.factories import NOW
from tests.workflows.desk import FINANCE, HELPERS, TOWN, UNITS


def reassigned(unit, variables):
    asked = Asked({"unit": unit}, variables, UNITS, NOW, load_calendar(), decision=lambda key: None)
    return answer("plans.reassign_row", asked)


def test_a_unit_that_takes_the_lead_helps_no_more(database):
    found = reassigned(FINANCE, {"cooperating": HELPERS})
    assert found == {
        "lead_unit": FINANCE,
        "lead_name": "县财政局",
        "cooperating": [{"unit": TOWN, "name": "高唐街道"}],
    }


@pytest.mark.parametrize("known", [None, "县财政局", [7, None], {"unit": FINANCE}])
def test_whatever_a_design_keeps_there_the_lead_is_another(database, known):
    found = reassigned(FINANCE, {"cooperating": known})
    assert (found["lead_name"], found["cooperating"]) == ("县财政局", [])
