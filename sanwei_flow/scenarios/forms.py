"""Forms of the dry-run pages, and a task's own form as a run asks it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from sanwei_flow.designs.forms import read_form
from sanwei_flow.designs.schema import Schema
from sanwei_flow.inbox.forms import Posted, TaskForm
from sanwei_flow.processes.models import Attachment
from sanwei_flow.scenarios.keeping import LONGEST_NAME, LONGEST_NOTE
from sanwei_flow.scenarios.values import Open


class MadeUpForm(FlaskForm):
    """A row nobody issued."""

    task = StringField(
        _l("工作任务"), validators=[InputRequired(_l("请填写工作任务")), Length(max=200)]
    )
    lead_unit = SelectField(_l("牵头单位"), coerce=int)
    cooperating = SelectMultipleField(_l("配合单位"), coerce=int)
    office_unit = SelectField(_l("专班办公室所在单位"), coerce=int)
    due = DateField(_l("完成时限"), validators=[Optional()])
    major = BooleanField(_l("重大事项"))


class SaveForm(FlaskForm):
    """What a scenario is called."""

    name = StringField(
        _l("名称"), validators=[InputRequired(_l("请填写名称")), Length(max=LONGEST_NAME)]
    )
    note = TextAreaField(
        _l("说明"),
        validators=[Length(max=LONGEST_NOTE)],
        description=_l("这个情形要保证什么，可不填。"),
        render_kw={"rows": 2},
    )


class PlayForm(TaskForm):
    """The form of a task of a run: as its people would see it, but nothing is uploaded or kept."""

    def __init__(
        self, task: Open, schema: Schema, choices: Any, posted: Posted | None = None
    ) -> None:
        self.task, self.schema, self.choices = task, schema, choices
        self.posted, self.draft, self.reader = posted, None, None
        self.errors: list[tuple[str, str, str]] = []
        self.wrong_files: list[str] = []

    @property
    def _records(self) -> Mapping[str, list[Attachment]]:  # type: ignore[override]
        return {}

    def payload(self, action: str) -> dict[str, Any]:
        """The answers for one outcome, as a step keeps them; files are left out."""
        asked = action if action in self.outcomes else None
        form = read_form(self.schema, asked, self.task.data, self.posted) if asked else self.form
        answers = form.payload()
        files = {spec.key for spec in self.schema.asked(asked) if spec.type == "file"}
        return {key: value for key, value in answers.items() if key not in files}
