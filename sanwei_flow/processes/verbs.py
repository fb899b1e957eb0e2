"""Everything a person may do with any task beside the outcomes its design lists.

One table: what each verb is called, who is offered it, what it asks, and what carries it out.
Carrying out asks for permission once more, of the locked rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.queries import user_names
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.errors import N_
from sanwei_flow.processes import (
    asides,
    people,
    queries,
    returning,
    sides,
    telling,
    transferring,
    withdrawing,
)
from sanwei_flow.processes.access import may_see
from sanwei_flow.processes.doing import MOST_COMMENT, Doing
from sanwei_flow.processes.models import InstanceStatus, Side, Task, TaskStatus
from sanwei_flow.processes.settled import refusal

Fields = list[dict[str, Any]]


@dataclass(frozen=True)
class Verb:
    """`label` is a msgid. `at_once` ones ask nothing and are done with one press.

    `anytime` ones may be done to a task that is closed or held.
    """

    name: str
    label: str
    offered: Callable[[Task, Actor], bool]
    do: Callable[[Doing], None]
    fields: Callable[[Task, Actor], Fields] = lambda _task, _actor: []
    at_once: bool = False
    anytime: bool = False


def fields_of(verb: Verb, task: Task, actor: Actor) -> Fields:
    """What the verb asks, in the shape of `designs.forms.describe`.

    People have the type `person` or `people`; choices are listed where there are few.
    """
    return verb.fields(task, actor)


def may_act(task: Task, actor: Actor) -> bool:
    """Whether the actor may complete the task as it stands now."""
    return task.status == TaskStatus.open and _holds(task, actor)


def _holds(task: Task, actor: Actor) -> bool:
    return (
        actor.has(task.unit_id, task.role)
        and actor.owns(task.owner_id)
        and task.instance.status != InstanceStatus.suspended
    )


def _main(task: Task, actor: Actor) -> bool:
    return task.side is None and may_act(task, actor)


def _pool(task: Task, actor: Actor) -> bool:
    return task.side in (None, Side.redo) and may_act(task, actor)


def _claims(task: Task, actor: Actor) -> bool:
    return _pool(task, actor) and task.owner_id is None


def _releases(task: Task, actor: Actor) -> bool:
    return _pool(task, actor) and task.owner_id is not None and not task.sides


def _transfers(task: Task, actor: Actor) -> bool:
    if task.side not in (None, Side.redo) or task.status != TaskStatus.open:
        return False
    return may_act(task, actor) or (
        transferring.heads(task, actor) and task.instance.status != InstanceStatus.suspended
    )


def _returns(task: Task, actor: Actor) -> bool:
    return _main(task, actor) and bool(_targets(task))


def _removes(task: Task, actor: Actor) -> bool:
    pending = task.status in (TaskStatus.open, TaskStatus.held)
    return bool(task.side is None and task.sides and pending and _holds(task, actor))


def _copies(task: Task, actor: Actor) -> bool:
    return task.closed_by_id == actor.user_id or actor.has(task.unit_id, task.role)


def _urges(task: Task, actor: Actor) -> bool:
    waits = task.status in (TaskStatus.open, TaskStatus.held) and task.instance.is_open
    return waits and not may_act(task, actor) and telling.may_urge(task, task.instance_id, actor)


def _cancels(task: Task, actor: Actor) -> bool:
    instance = task.instance
    mine = actor.user_id is not None and instance.started_by_id == actor.user_id
    if not (mine and instance.is_open and instance.parent_id is None):
        return False
    settings = compiled_by_hash(instance.design_version.hash).settings
    return settings.get("cancel") != "false"


def _sees(task: Task, actor: Actor) -> bool:
    if task.status != TaskStatus.open and refusal(task.instance.business_key) is not None:
        return False
    return actor.has(task.unit_id, task.role) or may_see(task.instance, actor)


# What they ask


def _comment(*, required: bool = False, label: str = "") -> dict[str, Any]:
    field = {"key": "comment", "label": label or gettext("意见"), "type": "textarea"}
    return field | {"required": required, "max_length": MOST_COMMENT, "value": ""}


def _field(key: str, label: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": label, "type": kind, "required": True, "value": None, **more}


def _ask_colleague(task: Task, actor: Actor) -> Fields:
    me = actor.user_id if may_act(task, actor) else None
    found = people.colleagues(task.unit_id, task.role, but=(task.owner_id, me))
    choices = [list(pair) for pair in found.items()]
    return [_field("person", gettext("转办给"), "person", choices=choices), _comment()]


def _ask_delegate(_task: Task, _actor: Actor) -> Fields:
    return [_field("person", gettext("委派给"), "person"), _comment(label=gettext("委派说明"))]


def _ask_signers(_task: Task, _actor: Actor) -> Fields:
    places = [
        ["before", gettext("前加签：先由其会签，再回到我办理")],
        ["beside", gettext("并加签：与我同时会签，都同意后生效")],
        ["after", gettext("后加签：我办理后由其会签，同意后生效")],
    ]
    place = _field("place", gettext("加签位置"), "choice", choices=places)
    asked = _field("people", gettext("加签人员"), "people")
    return [asked, place | {"value": "before"}, _comment()]


def _ask_removed(task: Task, _actor: Actor) -> Fields:
    waiting = queries.sides(task.id, pending=True)
    names = user_names(one.owner_id for one in waiting if one.owner_id)
    choices = [[one.id, names.get(one.owner_id or 0, one.name)] for one in waiting]
    return [_field("signers", gettext("不再需要"), "many", choices=choices), _comment()]


def _ask_target(task: Task, _actor: Actor) -> Fields:
    found = _targets(task)
    names = user_names(one.task.closed_by_id for one in found if one.task.closed_by_id)
    choices = [
        [one.task.id, f"{one.task.name}（{names.get(one.task.closed_by_id, '')}）"] for one in found
    ]
    design = compiled_by_hash(task.instance.design_version.hash)
    policies = [[name, gettext(label)] for name, label in returning.POLICIES.items()]
    chosen = returning.default_policy(design, task.node, found[0] if found else None)
    return [
        _field("target", gettext("退回到"), "choice", choices=choices)
        | {"value": choices[0][0] if choices else None},
        _field("resubmit", gettext("重新提交后"), "choice", choices=policies) | {"value": chosen},
        _comment(required=True, label=gettext("退回意见")),
    ]


def _targets(task: Task) -> list[returning.Target]:
    instance = task.instance
    design = compiled_by_hash(instance.design_version.hash)
    return returning.targets(instance.id, task.id, task.ref, instance.state, design)


def _ask_copies(_task: Task, _actor: Actor) -> Fields:
    return [_field("people", gettext("抄送给"), "people"), _comment(label=gettext("附言"))]


def _ask_comment(_task: Task, _actor: Actor) -> Fields:
    mentions = _field("mentions", gettext("提醒谁看"), "people") | {"required": False}
    return [_comment(required=True, label=gettext("留言（@姓名 可提醒其查看）")), mentions]


def _ask_reason(_task: Task, _actor: Actor) -> Fields:
    return [_comment(required=True, label=gettext("原因"))]


def _ask_comment_only(_task: Task, _actor: Actor) -> Fields:
    return [_comment()]


VERBS = {
    verb.name: verb
    for verb in (
        Verb("return_to", N_("退回前面步骤"), _returns, returning.return_to, _ask_target),
        Verb("save_draft", N_("保存草稿"), may_act, asides.save_draft, at_once=True),
        Verb("claim", N_("认领"), _claims, asides.claim, at_once=True),
        Verb("release", N_("退回认领"), _releases, asides.release, at_once=True),
        Verb("transfer", N_("转办"), _transfers, transferring.transfer, _ask_colleague),
        Verb("delegate", N_("委派"), _main, sides.delegate, _ask_delegate),
        Verb("add_signer", N_("加签"), _main, sides.add_signer, _ask_signers),
        Verb(
            "remove_signer", N_("减签"), _removes, sides.remove_signer, _ask_removed, anytime=True
        ),
        Verb("copy_to", N_("抄送"), _copies, telling.copy_to, _ask_copies, anytime=True),
        Verb("urge", N_("催办"), _urges, telling.urge, _ask_comment_only, anytime=True),
        Verb("comment", N_("留言"), _sees, telling.comment, _ask_comment, anytime=True),
        Verb(
            "withdraw",
            N_("撤回"),
            withdrawing.may_withdraw,
            withdrawing.withdraw,
            _ask_comment_only,
            anytime=True,
        ),
        Verb("cancel", N_("撤销流程"), _cancels, asides.cancel, _ask_reason, anytime=True),
    )
}
