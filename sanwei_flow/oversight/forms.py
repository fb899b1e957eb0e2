"""Forms of the minutes and of inspections."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from sanwei_flow.oversight.inspecting import MOST_FINDING, Found
from sanwei_flow.oversight.meetings import MOST_MINUTES, MOST_TITLE, Words
from sanwei_flow.oversight.minutes import Wording
from sanwei_flow.oversight.rechecking import Looked
from sanwei_flow.oversight.rectifying import MOST_NAMES
from sanwei_flow.oversight.settling import MOST_TEXT

#: Empty lines behind what is there already, for whoever has no script to add some.
SPARE = 3
UNITS = {"list": "unit-names"}


class DecisionForm(Form):
    """One decision: names as they are typed, numbers of rows such as `3、5`."""

    text = TextAreaField(_l("议定事项"), validators=[Length(max=MOST_TEXT)])
    lead = StringField(_l("牵头单位"), validators=[Length(max=100)], render_kw=UNITS)
    helpers = StringField(_l("配合单位"), validators=[Length(max=2000)])
    due = DateField(_l("办结时限"), validators=[Optional()])
    row_nos = StringField(_l("对应分工"), validators=[Length(max=100)])


class MeetingForm(FlaskForm):
    """The minutes of a meeting."""

    title = StringField(
        _l("会议名称"), validators=[InputRequired(_l("请填写会议名称")), Length(max=MOST_TITLE)]
    )
    held_on = DateField(_l("会议日期"), validators=[InputRequired(_l("请填写会议日期"))])
    place = StringField(_l("地点"), validators=[Length(max=200)])
    chair = StringField(_l("主持人"), validators=[Length(max=100)])
    attending = TextAreaField(
        _l("参加单位"),
        validators=[Length(max=4000)],
        description=_l("单位之间用顿号分开，可以写“各乡镇”；参加单位印发后可以查看纪要。"),
    )
    agenda = TextAreaField(_l("议题"), validators=[Length(max=4000)])
    minutes = TextAreaField(
        _l("纪要正文"),
        validators=[Length(max=MOST_MINUTES)],
        description=_l(
            "可以把纪要粘贴进来，再按“从正文读出议定事项”；"
            "写有“由某单位牵头，某单位配合，9月30日前完成”的段落会读成一条，核对后再保存。"
        ),
    )
    decisions = FieldList(
        FormField(DecisionForm),
        label=_l("议定事项"),
        description=_l(
            "每条印发后交牵头单位办理。配合单位用顿号分开；对应分工写序号，如 3、5；"
            "没有写时限的按印发后20天计。"
        ),
        max_entries=100,
    )
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def words(self) -> Words:
        """What was typed; lines of decisions left empty are none."""
        return Words(
            title=self.title.data or "",
            held_on=self.held_on.data,
            place=self.place.data or "",
            chair=self.chair.data or "",
            attending=self.attending.data or "",
            agenda=self.agenda.data or "",
            minutes=self.minutes.data or "",
            decisions=self.typed(),
        )

    def read_up_to(self, revision: int | None) -> None:
        """Let the form name another revision than the one it was sent with."""
        self.revision.data, self.revision.raw_data = revision, None

    def typed(self) -> list[Wording]:
        """The lines of decisions that are not empty."""
        found = [
            Wording(
                one.text.data or "",
                one.lead.data or "",
                one.helpers.data or "",
                one.due.data,
                one.row_nos.data or "",
            )
            for one in (entry.form for entry in self.decisions)
        ]
        return [one for one in found if one != Wording("")]

    def show(self, decisions: list[Wording]) -> None:
        """Put these decisions into the lines, with empty ones behind."""
        while self.decisions.entries:
            self.decisions.pop_entry()
        for one in [*decisions, *[Wording("")] * SPARE]:
            self.decisions.append_entry(vars(one))


def from_words(words: Words, revision: int) -> MeetingForm:
    """A form that holds the minutes as they were saved."""
    given: dict[str, Any] = {
        name: value for name, value in vars(words).items() if name != "decisions"
    }
    form = MeetingForm(formdata=None, data={**given, "revision": revision})
    form.show(list(words.decisions))
    return form


class InspectionForm(FlaskForm):
    """What an inspection found, and what is to follow."""

    no = IntegerField(
        _l("检查的是第几项分工"),
        validators=[Optional()],
        description=_l("检查一项分工的，填它的序号；检查单位整体情况的，可以不填。"),
    )
    unit = SelectField(
        _l("被检查单位"),
        coerce=int,
        validators=[Optional()],
        description=_l("不选就是这项分工的牵头单位。"),
    )
    held_on = DateField(_l("检查日期"), validators=[InputRequired(_l("请填写检查日期"))])
    inspectors = StringField(
        _l("检查人员"), validators=[InputRequired(_l("请填写检查人员")), Length(max=MOST_NAMES)]
    )
    kind = RadioField(_l("检查结论"), default="rectify", validate_choice=False)
    finding = TextAreaField(
        _l("检查发现"), validators=[InputRequired(_l("请写明检查发现")), Length(max=MOST_FINDING)]
    )
    follow = RadioField(
        _l("如何处理"),
        default="task",
        validate_choice=False,
        description=_l("做得好的不用选。问题都要经回头看才能销号。"),
    )
    due = DateField(_l("整改时限"), validators=[Optional()])
    key = HiddenField()

    def found(self, plan_id: int) -> Found:
        """What was typed."""
        return Found(
            plan_id=plan_id,
            no=self.no.data,
            unit_id=self.unit.data or None,
            held_on=self.held_on.data,
            inspectors=self.inspectors.data or "",
            kind=self.kind.data or "",
            finding=self.finding.data or "",
            due=self.due.data,
            follow=self.follow.data or "",
        )


class RecheckForm(FlaskForm):
    """What a re-check saw."""

    recheck_on = DateField(_l("回头看日期"), validators=[InputRequired(_l("请填写回头看日期"))])
    rechecked_by = StringField(
        _l("检查人员"), validators=[InputRequired(_l("请填写检查人员")), Length(max=MOST_NAMES)]
    )
    result = RadioField(
        _l("结果"),
        choices=[
            SelectChoice("mended", _l("已整改，销号")),
            SelectChoice("again", _l("未整改，重定时限")),
            SelectChoice("slip", _l("未整改，发督办单")),
        ],
        validators=[InputRequired(_l("请选择结果"))],
    )
    note = TextAreaField(_l("核实情况"), validators=[Length(max=2000)])
    next_due = DateField(
        _l("新的整改时限"),
        validators=[Optional()],
        description=_l("未整改的要填；发督办单的，就是回复时限。"),
    )
    seen = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def read_up_to(self, seen: int) -> None:
        """Let the form name more re-checks than those it was sent with."""
        self.seen.data, self.seen.raw_data = seen, None

    def looked(self) -> Looked:
        """What was typed."""
        return Looked(
            mended=self.result.data == "mended",
            held_on=self.recheck_on.data,
            inspectors=self.rechecked_by.data or "",
            note=self.note.data or "",
            next_due=self.next_due.data,
            slip=self.result.data == "slip",
        )
