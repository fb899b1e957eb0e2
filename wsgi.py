"""The WSGI entry point: `flask --app wsgi …`, `gunicorn wsgi:app`."""

import gc

from sanwei_flow import create_app

app = create_app()

# What the application consists of never becomes garbage; looking through it again and again
# cost each request a twentieth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)
