"""The calendar of working days: a year on the wall, and the yearly notice that settles it."""

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from sanwei_flow import web
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars import today
from sanwei_flow.calendars.months import months
from sanwei_flow.calendars.notice import Notice, read_notice
from sanwei_flow.calendars.operations import require_keeper
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.plans.reader.sources.opening import open_source
from sanwei_flow.supervision import holidays

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

FIRST_YEAR, LAST_YEAR = 2004, 2100
MOST_TEXT = 20_000


class NoticeForm(FlaskForm):
    """The notice as pasted, or a file with it."""

    text = TextAreaField(
        _l("通知全文"),
        description=_l("粘贴国务院办公厅《关于…年部分节假日安排的通知》正文"),
        validators=[Length(max=MOST_TEXT)],
        render_kw={"rows": 8},
    )
    file = FileField(
        _l("或上传文件"),
        description=_l("支持 .docx、.html、.txt，或“日期,休或班,名称”的 .csv"),
        render_kw={"accept": ".docx,.html,.htm,.txt,.csv,.pdf"},
    )
    year = IntegerField(
        _l("年份"),
        description=_l("正文里写明年份时不用填"),
        validators=[Optional(), NumberRange(FIRST_YEAR, LAST_YEAR)],
    )


class ApplyForm(FlaskForm):
    """The notice once more, with what it is recorded as."""

    text = TextAreaField(validators=[InputRequired(), Length(max=MOST_TEXT)])
    year = IntegerField(validators=[InputRequired(), NumberRange(FIRST_YEAR, LAST_YEAR)])
    source = StringField(
        _l("依据"),
        description=_l("通知的文号，记入工作日历和各项工作的办理记录"),
        validators=[InputRequired(_l("请填写通知的文号")), Length(max=100)],
    )


@bp.get("")
def year() -> str:
    """A year, with its holidays and make-up days; the present one if none is asked for."""
    wanted = request.args.get("year", type=int) or today(web.now()).year
    wanted = min(max(wanted, FIRST_YEAR), LAST_YEAR)
    known, actor = load_calendar(), web.current_actor()
    return render_template(
        "supervision/calendar.html",
        year=wanted,
        months=months(wanted, known),
        estimated=known.estimated(dt.date(wanted, 1, 1)),
        keeps=actor.has_role(Role.office) or actor.has_role(Role.sys_admin),
        today=today(web.now()),
        last=LAST_YEAR,
        first=FIRST_YEAR,
    )


@bp.get("/notice")
def notice() -> str:
    """Ask for the yearly notice."""
    require_keeper(web.current_actor())
    return render_template("supervision/notice.html", form=NoticeForm(), complaints=[])


@bp.post("/notice")
def preview() -> str | tuple[str, int]:
    """Show what the notice would change; nothing is changed yet."""
    require_keeper(web.current_actor())
    form = NoticeForm()
    complaints: list[str] = []
    if form.validate():
        try:
            text = _text(form)
            form.text.data = text
            found = read_notice(text, form.year.data)
            apply = ApplyForm(formdata=None, text=text, year=found.year, source=found.number)
            return _preview_page(found, apply)
        except Invalid as error:
            complaints = web.fields_of(error).get("text") or [web.message_of(error)]
    complaints += [text for field in form for text in field.errors]
    return render_template("supervision/notice.html", form=form, complaints=complaints), 422


@bp.post("/notice/apply")
def apply() -> Response | tuple[str, int]:
    """Settle the year and move what moves, as it was shown."""
    require_keeper(web.current_actor())
    form = ApplyForm()
    found = read_notice(form.text.data or "", form.year.data)
    if not form.validate():
        return _preview_page(found, form), 422
    with transaction():
        given = {"by": web.current_actor(), "at": web.now()}
        moved = holidays.apply_notice(found, source=form.source.data.strip(), **given)
    flash(
        _(
            "%(year)s年工作日历已更新，%(count)s 件事项的时限已顺延。",
            year=found.year,
            count=moved,
        ),
        "success",
    )
    return redirect(url_for(".year", year=found.year))


def _preview_page(found: Notice, form: ApplyForm) -> str:
    return render_template(
        "supervision/notice_preview.html",
        preview=holidays.preview(found, by=web.current_actor()),
        form=form,
        shown=holidays.SHOWN,
    )


def _text(form: NoticeForm) -> str:
    """What was pasted, or the text of the file. Raises Invalid for neither."""
    if form.file.data and form.file.data.filename:
        source = open_source(form.file.data.read())
        text = "\n".join(line.text for line in source.lines)
    else:
        text = form.text.data or ""
    if not text.strip():
        raise Invalid(N_("请粘贴通知全文，或选择一个文件"))
    if len(text) > MOST_TEXT:
        raise Invalid(N_("文字太长，不像一份放假通知"))
    return text
