"""Forms of the plan pages, and filters as the address carries them."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.plans.queries import Filters, somebody

ACCEPTED = ".docx,.xlsx,.html,.htm,.txt,.pdf"


class UploadForm(FlaskForm):
    """The issued document."""

    file = FileField(
        _l("方案文件"),
        validators=[FileRequired(_l("请选择一个文件"))],
        render_kw={"accept": ACCEPTED},
        description=_l("支持 .docx、.xlsx、.html、.txt 和有文字层的 .pdf"),
    )
    office = SelectField(_l("由哪个单位的专班办公室办理"), coerce=int, validators=[Optional()])

    def validate(self, extra_validators: object = None) -> bool:
        """One office is no choice: it is taken without asking."""
        if self.office.data is None and len(self.office.choices or []) == 1:
            self.office.data = self.office.choices[0][0]
        return super().validate(extra_validators)


class RowForm(FlaskForm):
    """A row before launch. Units are chosen by name, so that a plan's own names stay possible."""

    category = StringField(_l("名称（类别）"), validators=[Length(max=4000)])
    item = StringField(_l("事项"), validators=[Length(max=4000)])
    task = TextAreaField(
        _l("工作任务"), validators=[InputRequired(_l("工作任务不能为空")), Length(max=4000)]
    )
    lead = SelectField(_l("牵头单位"), validate_choice=False)
    cooperating = SelectMultipleField(_l("配合单位"), validate_choice=False)
    due = DateField(_l("完成时限"), validators=[Optional()])
    major = BooleanField(_l("重大事项：销号要经领导审批"))
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])


def filters_from(arguments: MultiDict[str, str], actor: Actor) -> Filters:
    """The filters an address carries; whatever is no filter counts as none."""
    mine = arguments.get("mine") == "1"
    return Filters(
        status=arguments.get("status", ""),
        light=arguments.get("light", ""),
        category=arguments.get("category", ""),
        lead=arguments.get("lead", type=int),
        q=arguments.get("q", "").strip(),
        mine=somebody(actor.units()) if mine else None,
    )
