"""The pictures in docs: none of the product's pages is without, and none is of a page long gone."""

from collections import Counter

from scripts.pictures.shots import SHOTS, pages, pages_without


def test_a_picture_shows_every_page() -> None:
    assert pages_without() == []


def test_no_picture_is_of_a_page_that_is_not() -> None:
    assert {shot.shows for shot in SHOTS} <= pages()


def test_every_picture_has_a_name_of_its_own() -> None:
    assert [name for name, many in Counter(shot.name for shot in SHOTS).items() if many > 1] == []
