"""The inbox and the task page."""

from flask import Blueprint, render_template

bp = Blueprint("inbox", __name__)


@bp.get("/")
def index() -> str:
    """What waits for me."""
    return render_template("inbox/index.html")
