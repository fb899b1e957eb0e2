"""Where a person chooses how to be told, and an administrator sees what does not arrive."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from sanwei_flow import web
from sanwei_flow.accounts.models import Role
from sanwei_flow.db import transaction
from sanwei_flow.errors import Conflict, Invalid
from sanwei_flow.notifications import channels, groups
from sanwei_flow.notifications.outbound import Allowed

bp = Blueprint("channels", __name__)


class ChannelForm(FlaskForm):
    """A new channel: what kind, and where to."""

    kind = RadioField(_l("渠道"), validators=[InputRequired(_l("请选择一种渠道"))])
    target = StringField(
        _l("地址"),
        description=_l("邮箱地址，或群机器人设置页里的 Webhook 地址"),
        validators=[InputRequired(_l("请填写地址")), Length(max=channels.MOST_TARGET)],
    )
    secret = PasswordField(
        _l("密钥（选填）"),
        description=_l("机器人开启了加签才需要；保存后不再显示"),
        validators=[Length(max=channels.MOST_SECRET)],
        render_kw={"autocomplete": "off"},
    )


@bp.get("/me/channels")
def index() -> str:
    """My channels, what leaves by each, and whether it arrives."""
    return _page(_form())


@bp.post("/me/channels")
def add() -> Response | tuple[str, int]:
    """Add one; a refusal keeps what was filled in."""
    form = _form()
    problems: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        try:
            wanted = channels.checked(
                form.kind.data, form.target.data, form.secret.data or "", _allowed()
            )
            with transaction():
                channels.add(wanted, by=web.current_actor(), at=web.now())
        except Invalid as error:
            for name, messages in web.fields_of(error).items():
                form[name].errors = [*form[name].errors, *messages]
        except Conflict as error:
            problems = [("", "", web.message_of(error))]
        else:
            flash(_("通知渠道已添加。可以发一条测试消息试试。"), "success")
            return redirect(url_for(".index"))
    problems += [(f.id, f.label.text, text) for f in form for text in f.errors]
    return _page(form, problems), 422


@bp.post("/me/channels/<int:channel_id>")
def choose(channel_id: int) -> Response:
    """Say what leaves by a channel, and when."""
    chosen = {group: request.form.get(group, "") for group in groups.GROUPS}
    with transaction():
        channels.choose(channel_id, chosen, by=web.current_actor(), at=web.now())
    flash(_("已保存。"), "success")
    return redirect(url_for(".index"))


@bp.post("/me/channels/<int:channel_id>/test")
def test(channel_id: int) -> Response:
    """Have a test message sent."""
    with transaction():
        when = channels.try_out(channel_id, by=web.current_actor(), at=web.now())
    flash(_("测试消息将在 %(when)s 发出，结果显示在本页。", when=web.moment(when)), "success")
    return redirect(url_for(".index"))


@bp.post("/me/channels/<int:channel_id>/remove")
def remove(channel_id: int) -> Response:
    """Take a channel away."""
    with transaction():
        channels.remove(channel_id, by=web.current_actor(), at=web.now())
    flash(_("通知渠道已删除。"), "success")
    return redirect(url_for(".index"))


@bp.get("/channels/failing")
def failing() -> str:
    """Whose channels do not work, for the administrator."""
    found = channels.failing(by=web.current_actor())
    return render_template("notifications/failing.html", found=found, kinds=channels.KINDS)


def _page(form: ChannelForm, problems: list[tuple[str, str, str]] | None = None) -> str:
    actor = web.current_actor()
    return render_template(
        "notifications/channels.html",
        channels=channels.of(actor.user_id),
        masked=channels.masked,
        kinds=channels.KINDS,
        groups=groups.GROUPS,
        modes=groups.MODES,
        form=form,
        problems=problems or [],
        administers=actor.has_role(Role.sys_admin),
    )


def _form() -> ChannelForm:
    form = ChannelForm()
    offered = {key: kind for key, kind in channels.KINDS.items() if key != "email" or _has_mail()}
    form.kind.choices = [SelectChoice(key, _(kind.name)) for key, kind in offered.items()]
    return form


def _has_mail() -> bool:
    return bool(current_app.config["SANWEI"].mail)


def _allowed() -> Allowed:
    return Allowed.read(current_app.config["SANWEI"].webhook_allow)
