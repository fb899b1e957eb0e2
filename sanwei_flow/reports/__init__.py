"""What goes out on paper: slips as official documents."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages that give papers out."""
    from .slips import bp

    app.register_blueprint(bp)
