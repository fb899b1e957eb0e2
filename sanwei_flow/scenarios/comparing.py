"""What a scenario expects, and where a replay first differs from it, in words. Pure.

Compared are the tasks that wait after each step (whose, until when), the reminders sent on the
way, and whether the process runs, has ended or failed. Data, titles and escalation are not: the
first two may change with every wording, the last has a table of its own.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanwei_flow.accounts.models import ROLE_NAMES
from sanwei_flow.calendars.workdays import Phrase
from sanwei_flow.errors import N_
from sanwei_flow.scenarios.steps import Act
from sanwei_flow.scenarios.values import Open, Played, Shot

Expected = dict[str, Any]
REMINDERS = ("reminder", "overdue")
STATUSES = {
    "running": N_("仍在办理"),
    "finished": N_("已办结"),
    "cancelled": N_("已取消"),
    "incident": N_("出现故障"),
}


@dataclass(frozen=True)
class Difference:
    """The first thing that is not as expected, after step `step` (0: the start)."""

    step: int
    said: Phrase


def expect(played: Played) -> list[Expected]:
    """What a scenario keeps of a run, shot by shot, as JSON."""
    return [_expected(shot) for shot in played.shots]


def _expected(shot: Shot) -> Expected:
    return {
        "open": [_task(task) for task in shot.open],
        "reminders": [
            {"process": one.process, "node": one.node, "unit": one.unit, "level": one.level}
            for one in shot.happened
            if one.kind in REMINDERS
        ],
        "status": shot.status,
    }


def _task(task: Open) -> Expected:
    stated: Expected = {"process": task.process, "node": task.node, "name": task.name}
    stated |= {"unit": task.unit, "role": task.role, "due": None, "days": None}
    if task.due is not None:
        stated |= {"due": task.due.isoformat(), "days": task.days}
    return stated


def compare(
    expected: Sequence[Expected], played: Played, units: Mapping[int, str]
) -> Difference | None:
    """The first difference, None if all is as expected."""
    for number, (wanted, shot) in enumerate(zip(expected, played.shots, strict=False)):
        trouble = played.trouble
        if trouble is not None and trouble.fault and trouble.step == number:
            if wanted.get("status") == "incident":
                return None
            break
        said = _Comparison(wanted, _expected(shot), units).first()
        if said is not None:
            return Difference(number, _after(played, number, said))
    if played.trouble is not None:
        return _trouble(played)
    if len(expected) != len(played.shots):
        return Difference(len(played.shots), Phrase(N_("步数与保存时不同")))
    return None


def _trouble(played: Played) -> Difference:
    trouble = played.trouble
    assert trouble is not None  # noqa: S101 - asked by the caller
    if not trouble.fault:
        params: dict[str, object] = {"step": trouble.step, "why": trouble.said}
        return Difference(trouble.step, Phrase(N_("第 {step} 步做不了：{why}"), params))
    params = {"why": trouble.said}
    if trouble.step == 0:
        return Difference(0, Phrase(N_("流程启动时出现故障：{why}"), params))
    params["step"] = trouble.step
    return Difference(trouble.step, Phrase(N_("第 {step} 步出现故障：{why}"), params))


def _after(played: Played, number: int, said: Phrase) -> Phrase:
    """Put the step in front of what differs after it."""
    if number == 0:
        return Phrase(N_("启动之后，{what}"), {"what": said})
    shot = played.shots[number]
    if isinstance(shot.step, Act):
        params: dict[str, object] = {"step": number, "name": Phrase(shot.name), "what": said}
        return Phrase(N_("第 {step} 步“{name}”之后，{what}"), params)
    return Phrase(N_("第 {step} 步（时间推移）之后，{what}"), {"step": number, "what": said})


class _Comparison:
    """What was wanted of one shot against what is."""

    def __init__(self, wanted: Expected, actual: Expected, units: Mapping[int, str]) -> None:
        self.wanted, self.actual, self.units = wanted, actual, units

    def first(self) -> Phrase | None:
        return self._tasks() or self._reminders() or self._status()

    def _status(self) -> Phrase | None:
        was, now = str(self.wanted.get("status")), str(self.actual["status"])
        if was == now:
            return None
        params = {"was": Phrase(STATUSES.get(was, was)), "now": Phrase(STATUSES.get(now, now))}
        return Phrase(N_("流程应为“{was}”，现在是“{now}”"), params)

    def _tasks(self) -> Phrase | None:
        missing = list(self.wanted.get("open", ()))
        extra = []
        for task in self.actual["open"]:
            same = next((one for one in missing if _same(one, task)), None)
            if same is None:
                extra.append(task)
            else:
                missing.remove(same)
        for one in missing:
            return self._changed(one, extra)
        if extra:
            said = N_("多出{unit}（{role}）的待办“{name}”")
            return Phrase(said, self._about(extra[0]))
        return None

    def _changed(self, one: Expected, extra: list[Expected]) -> Phrase:
        """The same task with another deadline or other people, or no such task at all."""
        about = self._about(one)
        here = [task for task in extra if _place(task) == _place(one)]
        for task in here:
            if (task["unit"], task["role"]) == (one.get("unit"), one.get("role")):
                none = Phrase(N_("不限期"))
                dues = {"was": one.get("due") or none, "now": task["due"] or none}
                said = N_("{unit}（{role}）的“{name}”应于{was}到期，现在是{now}")
                return Phrase(said, about | dues)
        for task in here:
            now = self._about(task)
            people = {"other": now["unit"], "post": now["role"]}
            said = N_("“{name}”应由{unit}（{role}）办理，现在由{other}（{post}）办理")
            return Phrase(said, about | people)
        return Phrase(N_("应有{unit}（{role}）的待办“{name}”，现在没有"), about)

    def _about(self, task: Expected) -> dict[str, object]:
        unit, role = task.get("unit"), str(task.get("role"))
        return {
            "unit": self.units.get(unit, str(unit)) if isinstance(unit, int) else str(unit),
            "role": Phrase(ROLE_NAMES.get(role, role)),
            "name": Phrase(str(task.get("name") or task.get("node"))),
        }

    def _reminders(self) -> Phrase | None:
        was = Counter(_reminder(one) for one in self.wanted.get("reminders", ()))
        now = Counter(_reminder(one) for one in self.actual["reminders"])
        for key in was - now:
            return Phrase(N_("应发出提醒 {level}（{unit}，“{name}”），现在没有"), self._told(key))
        for key in now - was:
            return Phrase(N_("多发出提醒 {level}（{unit}，“{name}”）"), self._told(key))
        return None

    def _told(self, key: tuple[str, str, int, str]) -> dict[str, object]:
        _process, node, unit, level = key
        named = {
            one.get("node"): one.get("name")
            for one in (*self.wanted.get("open", ()), *self.actual["open"])
        }
        name: object = Phrase(str(named.get(node) or node)) if node else Phrase(N_("本项任务"))
        return {"level": level, "unit": self.units.get(unit, str(unit)), "name": name}


def _place(task: Expected) -> tuple[Any, Any]:
    return task.get("process"), task.get("node")


def _same(one: Expected, task: Expected) -> bool:
    """Due on the same day, or as many working days after it arrived: notices move holidays."""
    if _place(one) != _place(task):
        return False
    if (one.get("unit"), one.get("role")) != (task["unit"], task["role"]):
        return False
    same_day = one.get("due") == task["due"]
    return bool(
        same_day
        or (
            None not in (one.get("days"), one.get("due"), task["due"])
            and one["days"] == task["days"]
        )
    )


def _reminder(one: Expected) -> tuple[str, str, int, str]:
    return (
        str(one.get("process") or ""),
        str(one.get("node") or ""),
        int(one.get("unit") or 0),
        str(one.get("level") or ""),
    )


def as_stored(phrase: Phrase) -> dict[str, Any]:
    """A sentence with the sentences inside it, as JSON."""
    params = {
        key: as_stored(value) if isinstance(value, Phrase) else _plain(value)
        for key, value in phrase.params.items()
    }
    return {"message": phrase.message, "params": params}


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) else str(value)


def from_stored(stored: Mapping[str, Any]) -> Phrase:
    """The inverse of `as_stored`."""
    params = {
        key: from_stored(value) if isinstance(value, dict) else value
        for key, value in stored.get("params", {}).items()
    }
    return Phrase(str(stored.get("message", "")), params)
