"""Log-in, log-out, my account, my language."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts import sessions
from sanwei_flow.accounts.forms import LoginForm, PasswordForm
from sanwei_flow.accounts.identity import person_of_session
from sanwei_flow.accounts.login import SignedIn, public, safe_path
from sanwei_flow.accounts.models import ROLE_NAMES, User
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Invalid

bp = Blueprint("accounts", __name__)

YEAR = 365 * 24 * 3600
#: Where one arrives who did not ask for a page.
FIRST_PAGE = "home.index"


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> str | Response | tuple[str, int]:
    """Ask who it is; a wrong name and a wrong password get the same answer."""
    form = LoginForm(next=request.args.get("next"))
    target = safe_path(form.next.data)
    if target == "/":
        target = url_for(FIRST_PAGE)
    if current_user.is_authenticated:
        return redirect(target)
    if not form.validate_on_submit():
        return render_template("accounts/login.html", form=form, problem=None)
    username = form.username.data.strip()
    at = web.now()
    proven = sessions.password_proven(username, form.password.data)
    with transaction():
        answer = sessions.log_in(username, proven=proven, at=at)
    if answer.token is None:
        page = render_template("accounts/login.html", form=form, problem=_problem(answer))
        return page, 401
    _sign_in(answer.token)
    return redirect(target)


def _problem(answer: sessions.LogIn) -> str:
    if answer.locked_until:
        until = web.moment(answer.locked_until)
        return _("连续输错密码，账号已锁定，请在 %(until)s 后再试。", until=until)
    return _("用户名或密码不正确。连续输错5次，账号将锁定30分钟。")


def _sign_in(token: str) -> None:
    """Begin a clean browser session, so that nothing planted before the log-in survives it."""
    session.clear()
    person = person_of_session(token, web.now())
    if person is not None:
        login_user(SignedIn(person, token))


@bp.post("/logout")
def logout() -> Response:
    """End this session here and on the server."""
    with transaction():
        sessions.log_out(current_user.token, by=current_user.actor, at=web.now())
    return _goodbye(_("您已退出登录。"))


@bp.post("/me/logout-everywhere")
def logout_everywhere() -> Response:
    """End every session of this person, this one included."""
    with transaction():
        sessions.log_out_everywhere(by=current_user.actor, at=web.now())
    return _goodbye(_("您已在所有设备上退出登录。"))


def _goodbye(message: str) -> Response:
    logout_user()
    session.clear()
    flash(message, "success")
    return redirect(url_for("accounts.login"))


@bp.get("/me")
def me() -> str:
    """Show the person their own account."""
    user = db.session.get_one(User, current_user.actor.user_id)
    return render_template("accounts/me.html", user=user, role_names=ROLE_NAMES)


@bp.route("/me/password", methods=["GET", "POST"])
def password() -> str | Response | tuple[str, int]:
    """Change the password; every other device is logged out."""
    form = PasswordForm()
    status = 200
    if form.validate_on_submit():
        try:
            _change_password(form)
        except Invalid as error:
            form.present.errors = [*form.present.errors, web.message_of(error)]
            status = 422
        else:
            flash(_("密码已修改，其他设备已退出登录。"), "success")
            return redirect(url_for("accounts.me"))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/password.html", form=form), status


def _change_password(form: PasswordForm) -> None:
    by, at = current_user.actor, web.now()
    proven = sessions.password_proven(current_user.username, form.present.data)
    with transaction():
        sessions.change_password(form.new.data, proven=proven, by=by, at=at)
        token = sessions.open_session(db.session.get_one(User, by.user_id), at=at)
    _sign_in(token)


@bp.post("/locale")
@public
def locale() -> Response:
    """Remember the language on this device."""
    response = redirect(safe_path(request.form.get("next")))
    return _remember(request.form.get("locale"), response)


@bp.after_app_request
def remember_language(response: Response) -> Response:
    """Keep the language that a link with `?lang=` asked for."""
    return _remember(request.args.get("lang"), response)


def _remember(wish: str | None, response: Response) -> Response:
    if wish in web.LOCALES and wish is not None:
        response.set_cookie("locale", wish, max_age=YEAR, samesite="Lax", httponly=True)
    return response
