"""What is told of a plan: its figures against time; and what goes out on paper."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages, and those that give papers out."""
    from sanwei_flow.closing.archive import papers

    from . import archived, bulletin_views, figure_views, minutes, slips

    papers.register("reports", archived.papers)

    app.register_blueprint(figure_views.bp)
    app.register_blueprint(bulletin_views.bp)
    app.register_blueprint(slips.bp)
    app.register_blueprint(minutes.bp)
