"""The demo county: everybody is there, once, whatever happened to them since."""

from collections import Counter

import pytest

from sanwei_flow.accounts import operations, queries
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Role, UnitKind, User
from sanwei_flow.audit.queries import broken
from sanwei_flow.db import transaction
from sanwei_flow.demo.county import load_county
from tests.factories import NOW


@pytest.fixture
def county(database):
    with transaction():
        load_county(NOW)


def test_every_unit_of_the_plan_has_a_clerk_and_a_head(county):
    units = queries.all_units()
    kinds = Counter(unit.kind for unit in units)
    assert kinds[UnitKind.subdistrict] == 2
    assert kinds[UnitKind.town] == 11
    assert kinds[UnitKind.township] == 13
    for unit in units:
        assert queries.people(unit.id, Role.staff), unit.name
        assert queries.people(unit.id, Role.reviewer), unit.name

    named = queries.units_by_name()
    force = named["巫山县“三位一体”改革工作专班"]
    assert queries.people(force.id, Role.office)
    assert queries.people(force.id, Role.leader)
    assert named["巫山县人民政府办公室"] is named["县政府办公室"]
    townships = queries.collectives_by_name()["各乡镇"]
    assert len(queries.collective_members(townships)) == 26


def test_doubtful_names_are_left_for_the_office_to_settle(county):
    named = queries.units_by_name()
    for doubtful in ("巫山县金融监管支局", "巫山金融监管分局", "供销社", "财政部门"):
        assert doubtful not in named


def test_people_have_different_names_and_one_of_the_three_powers(county):
    users = queries.all_users()
    assert len({user.name for user in users}) == len(users)
    for role in (Role.designer, Role.sys_admin, Role.sec_admin, Role.auditor):
        assert sum(any(held.role == role for held in user.roles) for user in users) == 1


def test_loading_again_changes_nothing_and_loses_nothing(county):
    with transaction():
        clerk: User = queries.user_by_name("gongxiao.staff")
        clerk.password_hash = "mine"
        head = queries.user_by_name("gongxiao.head")
        operations.revoke(head, head.roles[0].unit, Role.reviewer, by=SYSTEM, at=NOW)
        queries.units_by_name()["县商务委"].name = "县商务局"
    before = len(queries.all_users()), len(queries.all_units())

    with transaction():
        load_county(NOW)

    assert (len(queries.all_users()), len(queries.all_units())) == before
    assert queries.user_by_name("gongxiao.staff").password_hash == "mine"
    assert queries.user_by_name("gongxiao.head").roles == []
    assert "县商务委" not in queries.units_by_name()
    assert list(broken()) == []
