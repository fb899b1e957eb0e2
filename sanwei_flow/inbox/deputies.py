"""Who acts for me, and for whom I act: the pages where deputies are set and ended."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from sanwei_flow import web
from sanwei_flow.accounts import deputies
from sanwei_flow.accounts.models import Deputy, User
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.designs.queries import newest_versions
from sanwei_flow.errors import N_, AppError, Conflict, Forbidden, Invalid
from sanwei_flow.handovers import appointing

bp = Blueprint("deputies", __name__)

#: Designs offered to choose from.
MOST_DESIGNS = 500


class DeputyForm(FlaskForm):
    """Who, when, and for which designs."""

    deputy = SelectField(
        _l("代理人"), coerce=int, validators=[InputRequired()], validate_choice=False
    )
    from_day = DateField(_l("开始日期"), validators=[InputRequired(_l("请填写日期"))])
    until_day = DateField(_l("结束日期（含当日）"), validators=[InputRequired(_l("请填写日期"))])
    reach = RadioField(
        _l("代理范围"),
        choices=[SelectChoice("all", _l("全部流程")), SelectChoice("some", _l("只代理所选流程"))],
        default="all",
    )
    designs = SelectMultipleField(_l("流程"))


@dataclass(frozen=True)
class Page:
    """`person` is whose deputies are shown; `people` whose the reader may set."""

    person: User
    people: list[User]
    set: list[Deputy]
    mine: list[Deputy]
    designs: dict[str, str]


@bp.get("/me/deputies")
def index() -> str:
    """The deputies of one person, oneself if nobody else is asked for."""
    page = _page()
    return render_template("accounts/deputies.html", page=page, form=_form(page), problems=[])


@bp.post("/me/deputies")
def add() -> Response | tuple[str, int]:
    """Set one; a refusal keeps what was filled in."""
    page = _page()
    form = _form(page)
    problems: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        try:
            _set(page.person.id, form)
        except (Invalid, Conflict) as error:
            problems = [("", "", web.message_of(error))]
        else:
            flash(_("代理已设置。"), "success")
            return redirect(url_for(".index", of=page.person.id))
    problems += [(f.id, f.label.text, text) for f in form for text in f.errors]
    given = {"page": page, "form": form, "problems": problems}
    return render_template("accounts/deputies.html", **given), 422


@bp.post("/me/deputies/<int:deputy_id>/revoke")
def revoke(deputy_id: int) -> Response:
    """End one at once."""
    with transaction():
        ended = appointing.revoke(deputy_id, by=web.current_actor(), at=web.now())
    flash(_("代理已撤销。"), "success")
    return redirect(url_for(".index", of=ended.user_id))


def _set(user_id: int, form: DeputyForm) -> None:
    designs = form.designs.data if form.reach.data == "some" else None
    with transaction():
        appointing.appoint(
            user_id,
            form.deputy.data,
            from_day=form.from_day.data,
            until_day=form.until_day.data,
            designs=designs,
            by=web.current_actor(),
            at=web.now(),
        )


def _page() -> Page:
    actor, day = web.current_actor(), today(web.now())
    people = deputies.subjects(actor)
    wanted = request.args.get("of", actor.user_id, type=int)
    person = next((one for one in people if one.id == wanted), None)
    if person is None:
        raise _refused()
    designs = {one.design.key: one.design.name for one in newest_versions(limit=MOST_DESIGNS)}
    own, stood = deputies.deputies_of([person.id], day), deputies.stood_for(actor.user_id, day)
    return Page(person, people, own, stood, designs)


def _refused() -> AppError:
    return Forbidden(N_("只有本人或其所在单位的审核人可以设置代理。"))


def _form(page: Page) -> DeputyForm:
    day = today(web.now())
    form = DeputyForm(data={"from_day": day, "until_day": day, "reach": "all"})
    form.deputy.choices = [
        SelectChoice(one.id, one.name) for one in deputies.candidates(page.person.id)
    ]
    form.designs.choices = [SelectChoice(key, _(name)) for key, name in page.designs.items()]
    return form
