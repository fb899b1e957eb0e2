"""Every part the templates are made of, on one page; drawn in tests only."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, render_template, request
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields.choices import SelectChoice

from sanwei_flow.processes.history import Told

UNITS = [
    "县财政局",
    "县农业农村委",
    "县商务委",
    "县供销合作社",
    "县林业局",
    "县交通局",
    "县文旅委",
    "县市场监管局",
    "建平乡",
    "竹贤乡",
]


class Row(Form):
    unit = SelectField(
        "配合单位",
        choices=[SelectChoice("", ""), *[SelectChoice(str(i), n) for i, n in enumerate(UNITS)]],
        validate_choice=False,
    )
    duty = StringField("承担内容")
    due = DateField("完成时限", validators=[validators.Optional()])


class Sample(Form):
    summary = TextAreaField(
        "完成情况",
        [validators.InputRequired("请填写完成情况。")],
        description="写明做了什么、见效如何，不超过 2000 字。",
    )
    amount = StringField("全县农民专业合作社", render_kw={"data-unit": "个", "required": True})
    due = DateField("完成日期", [validators.Optional()])
    kind = SelectField(
        "类别", choices=[SelectChoice("a", "产业发展"), SelectChoice("b", "改革创新")]
    )
    units = SelectMultipleField(
        "配合单位", choices=[SelectChoice(str(i), n) for i, n in enumerate(UNITS)]
    )
    major = BooleanField("列为重大事项")
    division = FieldList(FormField(Row), "分工", min_entries=2)
    evidence = MultipleFileField("佐证材料")


TRAIL = [
    Told(
        "act",
        "签收",
        "熊梅",
        "县供销合作社",
        dt.datetime(2026, 11, 18, 1, 12, tzinfo=dt.UTC),
        "签收",
    ),
    Told(
        "act",
        "审核分工",
        "陈建",
        "县供销合作社",
        dt.datetime(2026, 11, 19, 7, 40, tzinfo=dt.UTC),
        "退回",
        back=True,
        opinion="配合单位漏了县林业局，请补充后再报。",
        answers=[{"key": "summary", "label": "完成情况", "type": "text", "text": "三家已挂牌"}],
    ),
    Told("incident", "", "系统", "", dt.datetime(2026, 11, 19, 8, 0, tzinfo=dt.UTC)),
]

bp = Blueprint("styleguide", __name__, template_folder="templates")


@bp.route("/styleguide", methods=["GET", "POST"])
def show() -> Any:
    """All parts; a POST shows them with complaints."""
    posted = request.method == "POST"
    form = Sample(request.form if posted else None)
    if posted:
        form.validate()
    else:
        flash("已提交，下一步由本单位审核人办理。", "success")
    errors = [(f.id, f.label.text, e) for f in form for e in f.errors if isinstance(e, str)]
    page = render_template("styleguide.html", form=form, errors=errors, trail_entries=TRAIL)
    return page, 422 if posted else 200
