"""Forms of the supervision pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from sanwei_flow.supervision.slips import MOST_REASON


class SlipForm(FlaskForm):
    """Why a slip is issued, and by when it is to be answered."""

    reason = TextAreaField(
        _l("督办事由"),
        validators=[InputRequired(_l("请写明督办事由")), Length(max=MOST_REASON)],
        description=_l("写明存在的问题和要求，会原样印在督办单上。"),
    )
    due = DateField(_l("回复时限"), validators=[InputRequired(_l("请填写回复时限"))])


class CardForm(FlaskForm):
    """Which card, and why."""

    colour = RadioField(
        _l("发什么牌"),
        choices=[SelectChoice("yellow", _l("黄牌")), SelectChoice("red", _l("红牌"))],
        default="yellow",
    )
    card_reason = TextAreaField(
        _l("发牌理由"), validators=[InputRequired(_l("请写明发牌理由")), Length(max=MOST_REASON)]
    )
