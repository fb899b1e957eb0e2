"""Reading a page's form as a browser would send it."""

from html.parser import HTMLParser
from typing import Any

from werkzeug.datastructures import MultiDict


class _Controls(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside = form, False
        self.found: list[tuple[str, str]] = []
        self.name, self.chosen, self.first = "", None, None
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("id") == self.form
        if not self.inside:
            return
        if tag == "input" and "name" in given:
            box = given.get("type") in ("checkbox", "radio")
            if not box or "checked" in given:
                self.found.append((given["name"], given.get("value") or ""))
        elif tag == "select":
            self.name, self.chosen, self.first = given.get("name", ""), None, None
        elif tag == "option":
            value = given.get("value") or ""
            self.first = value if self.first is None else self.first
            self.chosen = value if "selected" in given else self.chosen
        elif tag == "textarea":
            self.name, self.area = given.get("name", ""), ""

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select" and self.inside:
            chosen = self.first if self.chosen is None else self.chosen
            self.found.append((self.name, chosen or ""))
        elif tag == "textarea" and self.inside:
            self.found.append((self.name, self.area or ""))
            self.area = None


def controls(page: str, form: str) -> MultiDict[str, str]:
    """The names and values of a form's controls, without its buttons."""
    reader = _Controls(form)
    reader.feed(page)
    return MultiDict(reader.found)
