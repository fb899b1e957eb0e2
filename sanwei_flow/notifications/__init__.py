"""What to tell whom, inside the product."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the page of notifications."""
    from .views import bp

    app.register_blueprint(bp)
