"""The register of units and people, and who may change it."""

import pytest

from sanwei_flow.accounts import operations, queries
from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Role, UnitKind
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid
from tests.factories import NOW, make_collective, make_unit, make_user


def test_a_unit_is_found_by_name_and_alias_and_by_nothing_similar(database):
    with transaction():
        office = make_unit("县政府办公室", aliases=["巫山县人民政府办公室"])
        make_unit("农商行巫山支行", UnitKind.bank)

    found = queries.units_by_name()

    assert found["县政府办公室"].id == found["巫山县人民政府办公室"].id == office.id
    assert "农行巫山支行" not in found


def test_an_alias_cannot_mean_two_units(database):
    with transaction():
        make_unit("县水利局", aliases=["水利局"])
        forest = make_unit("县林业局")
    with pytest.raises(Conflict, match="水利局"), transaction():
        operations.add_alias(forest, "水利局", by=SYSTEM, at=NOW)
    with transaction():
        operations.add_alias(forest, "林业局", by=SYSTEM, at=NOW)
        operations.add_alias(forest, "林业局", by=SYSTEM, at=NOW)
    assert [known.alias for known in forest.aliases] == ["林业局"]


def test_a_collective_means_the_active_units_of_its_kinds(database):
    with transaction():
        town = make_unit("巫峡镇", UnitKind.town, code="B2")
        township = make_unit("两坪乡", UnitKind.township, code="B1")
        gone = make_unit("旧乡", UnitKind.township)
        gone.active = False
        make_unit("高唐街道", UnitKind.subdistrict)
        towns = make_collective("各乡镇", [UnitKind.town, UnitKind.township])

    assert queries.collective_members(towns) == [township, town]


def test_people_are_found_by_unit_and_role(database):
    with transaction():
        unit = make_unit()
        clerk = make_user(unit, [Role.staff])
        make_user(unit, [Role.reviewer])
        left = make_user(unit, [Role.staff])
        left.active = False

    assert queries.people(unit.id, Role.staff) == [clerk]
    assert queries.unit_names([unit.id]) == {unit.id: unit.name}
    assert queries.user_names([clerk.id, left.id]) == {clerk.id: clerk.name, left.id: left.name}
    actor = operations.actor_of(clerk)
    assert actor.has(unit.id, "staff")
    assert not actor.has(unit.id, "reviewer")
    assert actor.units("staff") == {unit.id}
    assert actor.units("office") == frozenset()


def test_the_three_powers_never_meet_in_one_person(database):
    with transaction():
        unit = make_unit()
        person = make_user(unit, [Role.sys_admin])
    with pytest.raises(Invalid, match="不能由一人兼任"), transaction():
        operations.grant(person, unit, Role.auditor, by=SYSTEM, at=NOW)


def test_only_the_security_administrator_grants_and_never_to_themselves(database):
    with transaction():
        unit = make_unit()
        clerk = make_user(unit, [Role.staff])
        guard = make_user(unit, [Role.sec_admin])
    with pytest.raises(Forbidden), transaction():
        operations.grant(clerk, unit, Role.office, by=operations.actor_of(clerk), at=NOW)
    with pytest.raises(Forbidden, match="自己"), transaction():
        operations.grant(guard, unit, Role.office, by=operations.actor_of(guard), at=NOW)

    with transaction():
        operations.grant(clerk, unit, Role.office, by=operations.actor_of(guard), at=NOW)
        operations.grant(clerk, unit, Role.office, by=operations.actor_of(guard), at=NOW)
    assert [str(g.role) for g in clerk.roles] == ["staff", "office"]

    with transaction():
        operations.revoke(clerk, unit, Role.office, by=SYSTEM, at=NOW)
    db.session.expire_all()
    assert not operations.actor_of(clerk).has_role("office")


def test_a_username_is_taken_once_and_a_password_has_eight_characters(database):
    with transaction():
        make_user(username="gongxiao.staff")
    with pytest.raises(Conflict, match="已被使用"), transaction():
        make_user(username="gongxiao.staff")
    with pytest.raises(Invalid, match="8"), transaction():
        operations.create_user("a", "甲", "short", by=SYSTEM, at=NOW)
    with pytest.raises(Invalid, match="不能为空"), transaction():
        operations.create_user(" ", "甲", "long enough", by=SYSTEM, at=NOW)
    with pytest.raises(Forbidden), transaction():
        operations.create_user("a", "甲", "long enough", by=Actor(1, "甲"), at=NOW)
