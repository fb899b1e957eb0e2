"""The WSGI entry point: `flask --app wsgi …`, `gunicorn wsgi:app`."""

from sanwei_flow import create_app

app = create_app()
