"""Files in a browser: chosen, dropped, refused, taken back, sent, looked at and fetched."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from sanwei_flow.db import db
from sanwei_flow.processes.models import Attachment
from tests.browser.conftest import Watch, check_access, check_width, shot, sign_in
from tests.inbox.stories import County, make_county


def png(width: int = 640, height: int = 360) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = (b"\0" + b"\x4f\x8a\x5b" * width) * height
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", size), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def file(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture
def county(live_server: str) -> County:
    return make_county()


@pytest.fixture
def pdf(new_page: Callable[..., Page]) -> bytes:
    page = new_page()
    page.set_content("<h1>验收单</h1><p>三级农合联已建成。</p>")
    return page.pdf()


def look(page: Page, name: str) -> None:
    check_access(page)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 860})
        check_width(page)
        shot(page, f"files-{name}-{width}", full=True)


def test_files_go_with_an_act_and_are_looked_at(
    new_page: Callable[..., Page],
    app: Flask,
    live_server: str,
    county: County,
    pdf: bytes,
    tmp_path: Path,
) -> None:
    page = new_page(base_url=live_server)
    sign_in(page, app, live_server, "xiongmei")
    page.goto(f"/tasks/{county.task('sign_for').id}")
    page.fill("#comment", "现场情况见附件")
    control = page.locator(".upload", has=page.locator("#attachments"))
    chosen = [file("现场照片.png", png()), file("验收单.pdf", pdf), file("台账.txt", b"1")]
    page.set_input_files("#attachments", [*chosen, file("程序.exe", b"MZ")])
    expect(control.get_by_role("link")).to_have_count(3)
    expect(control.get_by_role("alert")).to_contain_text("“程序.exe”的类型不能上传")
    look(page, "chosen")
    control.get_by_role("button", name="移除 程序.exe").click()
    control.get_by_role("button", name="移除 台账.txt").click()
    expect(control.get_by_role("link")).to_have_count(2)
    dropped = """() => {
        const all = new DataTransfer();
        all.items.add(new File(["会议纪要"], "纪要.txt"));
        const event = new DragEvent("drop", {dataTransfer: all, bubbles: true, cancelable: true});
        document.querySelector(".upload .drop").dispatchEvent(event);
    }"""
    page.evaluate(dropped)
    expect(control.get_by_role("link", name="纪要.txt")).to_be_visible()
    page.locator(".action-bar").get_by_role("button", name="签收").click()
    expect(page.locator("[data-flash]")).to_contain_text("已办理：签收")
    signed = page.locator(".trail li", has_text="现场情况见附件")
    # In the order they were chosen, whichever arrived first.
    names = ["现场照片.png", "验收单.pdf", "纪要.txt"]
    expect(signed.locator(".file-list a")).to_have_text(names)
    look(page, "trail")
    db.session.rollback()
    assert sorted(db.session.scalars(db.select(Attachment.name))) == sorted(names)
    with page.context.expect_page() as opened:
        signed.get_by_role("link", name="现场照片.png").click()
    photo = opened.value
    photo.wait_for_load_state()
    assert photo.locator(".file-view img").evaluate("(image) => image.naturalWidth") == 640
    look(photo, "image")
    with photo.expect_download() as download:
        photo.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == "现场照片.png"
    download.value.save_as(tmp_path / "photo.png")
    assert (tmp_path / "photo.png").read_bytes() == png()
    with page.context.expect_page() as opened:
        signed.get_by_role("link", name="验收单.pdf").click()
    paper = opened.value
    paper.wait_for_load_state()
    paper.wait_for_timeout(1500)
    expect(paper.locator("iframe.file-view")).to_be_visible()
    look(paper, "pdf")
    with page.expect_download() as download:
        signed.get_by_role("link", name="纪要.txt").click()
    assert Path(download.value.path()).read_text() == "会议纪要"


def test_a_press_waits_for_the_files_and_a_lost_one_is_tried_again(
    new_page: Callable[..., Page], app: Flask, live_server: str, county: County, watch: Watch
) -> None:
    watch.expected.append("ERR_FAILED")
    page = new_page(base_url=live_server, width=390)
    sign_in(page, app, live_server, "xiongmei")
    page.goto(f"/tasks/{county.task('sign_for').id}")
    held: list[Route] = []
    page.route("**/tasks/*/attachments", lambda route: held.append(route))  # noqa: PLW0108
    page.set_input_files("#attachments", [file("现场照片.png", png())])
    expect(page.locator(".upload progress")).to_be_visible()
    sign = page.locator(".action-bar").get_by_role("button", name="签收")
    sign.click()
    shot(page, "files-sending-390")
    held.pop().abort()
    expect(page.get_by_role("alert")).to_contain_text("“现场照片.png”没有传上")
    assert page.url.endswith(f"/tasks/{county.task('sign_for').id}")
    check_access(page)
    shot(page, "files-failed-390", full=True)
    page.get_by_role("button", name="重试").click()
    sign.click()
    held.pop().continue_()
    expect(page.locator("[data-flash]")).to_contain_text("已办理：签收")
    expect(page.locator(".trail .file-list a")).to_have_text("现场照片.png")


def test_buttons_are_large_enough_for_a_thumb(
    new_page: Callable[..., Page], app: Flask, live_server: str, county: County
) -> None:
    page = new_page(base_url=live_server, width=390, theme="dark")
    sign_in(page, app, live_server, "xiongmei")
    task = county.task("sign_for").id
    for address in (
        f"/tasks/{task}",
        f"/tasks/{task}/acts/transfer",
        f"/tasks/{task}/acts/comment",
    ):
        page.goto(address)
        if page.get_by_text("更多操作").count():
            page.get_by_text("更多操作").click()
        heights = page.evaluate(
            """() => [...document.querySelectorAll(
                ".sw-form .btn, .action-bar .btn, .action-bar .panel a, .sw-form input[type=file]")]
                .filter((one) => one.checkVisibility() && !one.closest(".drop-words"))
                .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
                .filter(([, height]) => height < 44)"""
        )
        assert heights == [], address
        shot(page, f"files-dark-{address.rsplit('/', 1)[-1]}-390", full=True)


def test_without_scripts_good_files_and_words_survive_a_bad_file(
    new_page: Callable[..., Page], app: Flask, live_server: str, county: County, watch: Watch
) -> None:
    watch.expected.append("422")
    page = new_page(base_url=live_server, java_script_enabled=False)
    sign_in(page, app, live_server, "xiongmei")
    page.goto(f"/tasks/{county.task('sign_for').id}")
    page.fill("#comment", "现场情况见附件")
    sent = [file("照片.png", png()), file("冒充.pdf", b"<html>"), file("台账.txt", b"1")]
    page.set_input_files("#attachments", sent)
    page.locator(".action-bar").get_by_role("button", name="签收").click()
    expect(page.locator("#main")).to_contain_text("“冒充.pdf”的内容不是 pdf 文件")
    expect(page.locator("#comment")).to_have_value("现场情况见附件")
    shot(page, "files-plain-1280", full=True)
    page.get_by_role("checkbox", name="附上 台账.txt").uncheck()
    page.locator(".action-bar").get_by_role("button", name="签收").click()
    expect(page.locator(".trail .file-list a")).to_have_text(["照片.png"])
