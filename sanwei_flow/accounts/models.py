"""Units, people, roles, and the proofs of who somebody is."""

import datetime as dt
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.db import db
from sanwei_flow.errors import N_


class Role(StrEnum):
    """What a person may be in a unit."""

    staff = "staff"
    reviewer = "reviewer"
    office = "office"
    leader = "leader"
    designer = "designer"
    sys_admin = "sys_admin"
    sec_admin = "sec_admin"
    auditor = "auditor"


ROLE_NAMES: dict[str, str] = {
    Role.staff: N_("承办人"),
    Role.reviewer: N_("审核人"),
    Role.office: N_("专班办公室"),
    Role.leader: N_("分管领导"),
    Role.designer: N_("流程设计"),
    Role.sys_admin: N_("系统管理员"),
    Role.sec_admin: N_("安全管理员"),
    Role.auditor: N_("审计管理员"),
}

#: Accounts, grants and logs are three powers; no person may hold two of them.
SEPARATE_POWERS = frozenset({Role.sys_admin, Role.sec_admin, Role.auditor})


class UnitKind(StrEnum):
    """What a unit is; collective units are made of kinds."""

    department = "department"
    bank = "bank"
    enterprise = "enterprise"
    subdistrict = "subdistrict"
    town = "town"
    township = "township"
    task_force = "task_force"


KIND_NAMES: dict[str, str] = {
    UnitKind.department: N_("部门"),
    UnitKind.bank: N_("银行"),
    UnitKind.enterprise: N_("企业"),
    UnitKind.subdistrict: N_("街道"),
    UnitKind.town: N_("镇"),
    UnitKind.township: N_("乡"),
    UnitKind.task_force: N_("工作专班"),
}


class Unit(db.Model):
    """An organisation that can lead, cooperate or approve. `code` gives the register's order."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(db.String(30), unique=True)
    name: Mapped[str] = mapped_column(db.String(100), unique=True)
    kind: Mapped[UnitKind] = mapped_column(db.Enum(UnitKind, native_enum=False, length=20))
    active: Mapped[bool] = mapped_column(default=True)

    aliases: Mapped[list["UnitAlias"]] = relationship(back_populates="unit")


class UnitAlias(db.Model):
    """Another name that means exactly this unit, confirmed by a person."""

    id: Mapped[int] = mapped_column(primary_key=True)
    alias: Mapped[str] = mapped_column(db.String(100), unique=True)
    unit_id: Mapped[int] = mapped_column(db.ForeignKey("unit.id"), index=True)

    unit: Mapped[Unit] = relationship(back_populates="aliases")


class CollectiveUnit(db.Model):
    """A name for many units (各乡镇), resolved from the register by their kinds when needed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(db.String(100), unique=True)
    kinds: Mapped[list[str]] = mapped_column(db.JSON)


class User(db.Model):
    """A person who can log in."""

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(db.String(60), unique=True)
    name: Mapped[str] = mapped_column(db.String(60))
    password_hash: Mapped[str] = mapped_column(db.String(255))
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str | None] = mapped_column(db.String(10))
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None]

    roles: Mapped[list["UserRole"]] = relationship(
        back_populates="user", lazy="selectin", order_by="UserRole.id"
    )


class UserRole(db.Model):
    """One grant: this person holds this role in this unit."""

    __table_args__ = (
        db.UniqueConstraint("user_id", "unit_id", "role"),
        db.Index("ix_user_role_unit_id_role", "unit_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"))
    unit_id: Mapped[int] = mapped_column(db.ForeignKey("unit.id"))
    role: Mapped[Role] = mapped_column(db.Enum(Role, native_enum=False, length=20))

    user: Mapped[User] = relationship(back_populates="roles")
    unit: Mapped[Unit] = relationship(lazy="joined")


class Deputy(db.Model):
    """Somebody who may act in a person's place from one day to another, both included.

    `designs` are the process keys it is for, null for all. It ends early when revoked; the
    row stays as a record.
    """

    __table_args__ = (db.Index("ix_deputy_deputy_id", "deputy_id", "until_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"))
    from_day: Mapped[dt.date]
    until_day: Mapped[dt.date]
    designs: Mapped[list[str] | None] = mapped_column(db.JSON(none_as_null=True))
    set_by_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"))
    created_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    deputy: Mapped[User] = relationship(foreign_keys=[deputy_id])
    set_by: Mapped[User] = relationship(foreign_keys=[set_by_id])


class LoginSession(db.Model):
    """One log-in on one device; revoking it logs that device out at its next request."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(db.String(64), unique=True)
    created_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class ApiToken(db.Model):
    """A program's key to act as a person; only its hash is kept."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(db.String(64), unique=True)
    label: Mapped[str] = mapped_column(db.String(60), default="")
    created_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship()
