"""The page of one verb: what it asks, drawn from the same list the API shows."""

from typing import Any

from flask_babel import gettext
from wtforms import Form, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.errors import N_, Forbidden
from sanwei_flow.inbox.uploads import Files
from sanwei_flow.processes import people
from sanwei_flow.processes.actions import action_of
from sanwei_flow.processes.attachments import BESIDE
from sanwei_flow.processes.models import Attachment, Task


class VerbForm:
    """The questions of one verb about one task; raises Forbidden where it is not offered."""

    def __init__(self, task: Task, name: str, actor: Actor, posted: Any = None) -> None:
        action = action_of(task, actor, name)
        if action is None or action.completes or action.at_once:
            raise Forbidden(N_("这个任务现在不能这样办理。"))
        self.task, self.action = task, action
        self.files = Files(task, actor.user_id, posted)
        self.wrong_files: list[str] = []
        opening = {field["key"]: field["value"] for field in action.fields}
        members = {field["key"]: _input(field, actor) for field in action.fields}
        self.form: Any = type("VerbForm", (Form,), members)(posted, data=opening)

    @classmethod
    def offered(cls, task: Task, name: str, actor: Actor, posted: Any) -> "VerbForm | None":
        """The form if the verb is offered now."""
        try:
            return cls(task, name, actor, posted)
        except Forbidden:
            return None

    @property
    def comment(self) -> str:
        """The opinion."""
        return str(self.form.comment.data or "")

    @property
    def payload(self) -> dict[str, Any]:
        """The answers as `act_on_task` takes them."""
        return {f.short_name: f.data for f in self.form if f.short_name != "comment" and f.data}

    @property
    def beside(self) -> list[Attachment]:
        """The files that go with it, to draw."""
        return self.files.records([BESIDE])[BESIDE]

    def show(self, fields: dict[str, list[str]]) -> list[tuple[str, str, str]]:
        """Put complaints beside their fields; returns them for the summary on top."""
        found = []
        self.wrong_files = fields.get(BESIDE, [])
        for name, messages in fields.items():
            if name in self.form:
                self.form[name].errors = [*self.form[name].errors, *messages]
                label = str(self.form[name].label.text)
                found += [(name, label, message) for message in messages]
            else:
                label = gettext("附件") if name == BESIDE else ""
                found += [(name if label else "", label, message) for message in messages]
        return found


def _input(field: dict[str, Any], actor: Actor) -> Any:
    kind, label = field["type"], field["label"]
    given: dict[str, Any] = {"render_kw": {"required": True} if field["required"] else {}}
    if kind == "textarea":
        given["render_kw"]["maxlength"] = field["max_length"]
        return TextAreaField(label, **given)
    listed = field.get("choices")
    if listed is None:
        listed = [one for one in people.everybody() if one[0] != actor.user_id]
    choices = [SelectChoice(str(value), text) for value, text in listed]
    if kind in ("people", "many"):
        widgets = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}
        return SelectMultipleField(
            label, choices=choices, validate_choice=False, **widgets, **given
        )
    if kind == "person":
        return SelectField(
            label,
            choices=[SelectChoice("", gettext("请选择")), *choices],
            validate_choice=False,
            **given,
        )
    return RadioField(label, choices=choices, validate_choice=False, coerce=str, **given)
