"""The office's desk, as the stories of plans have it."""

from tests.plans.conftest import desk

__all__ = ["desk"]
