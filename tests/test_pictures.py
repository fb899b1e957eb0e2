"""The pictures in docs: none of the product's pages is without, and none is of a page long gone."""

from collections import Counter

from scripts.pictures.shots import SHOTS, pages, pages_without
from scripts.pictures.taking import LOOKS, OUT


def test_a_picture_shows_every_page() -> None:
    assert pages_without() == []


def test_no_picture_is_of_a_page_that_is_not() -> None:
    assert {shot.shows for shot in SHOTS} <= pages()


def test_every_picture_has_a_name_of_its_own() -> None:
    assert [name for name, many in Counter(shot.name for shot in SHOTS).items() if many > 1] == []


def test_every_page_was_taken_in_every_look_and_is_listed() -> None:
    listed = (OUT / "README.md").read_text("utf-8")
    for shot in SHOTS:
        for look in LOOKS:
            name = f"{shot.name}-{look.name}.jpg"
            assert (OUT / name).exists(), name
            assert f'src="{name}"' in listed


def test_no_picture_is_left_of_a_shot_that_is_gone() -> None:
    names = {f"{shot.name}-{look.name}.jpg" for shot in SHOTS for look in LOOKS}
    assert {path.name for path in OUT.iterdir()} == {*names, "README.md"}
