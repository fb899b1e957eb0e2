"""The forms of the account pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from sanwei_flow.accounts.operations import MIN_PASSWORD


class LoginForm(FlaskForm):
    username = StringField(
        _l("用户名"),
        validators=[InputRequired(_l("请填写用户名")), Length(max=60)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        _l("密码"),
        validators=[InputRequired(_l("请填写密码")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class PasswordForm(FlaskForm):
    present = PasswordField(
        _l("当前密码"),
        validators=[InputRequired(_l("请填写当前密码")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("新密码"),
        validators=[
            InputRequired(_l("请填写新密码")),
            Length(MIN_PASSWORD, 200, _l("密码至少需要8个字符")),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("再次输入新密码"),
        validators=[EqualTo("new", _l("两次输入的新密码不一致"))],
        render_kw={"autocomplete": "new-password"},
    )
