"""Forms of the page of a plan's conclusion."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from sanwei_flow.closing.operations import MOST_REASON
from sanwei_flow.errors import N_

#: Grades a unit may give itself; the forms in `workflows/forms` list them.
GRADES = {
    "excellent": N_("优秀"),
    "good": N_("良好"),
    "passed": N_("合格"),
    "failed": N_("不合格"),
}


class StartForm(FlaskForm):
    """By when the units answer."""

    due = DateField(
        _l("报送时限"),
        validators=[Optional()],
        description=_l("默认十个工作日。逾期未报的与其他工作一样提醒、亮灯。"),
    )


class GoOnForm(FlaskForm):
    """Why nobody is waited for any longer."""

    reason = TextAreaField(
        _l("不再等候的理由"),
        validators=[InputRequired(_l("请写明理由")), Length(max=MOST_REASON)],
    )
