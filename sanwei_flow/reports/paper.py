"""A bulletin as an official document, and as PDF where LibreOffice is there."""

import datetime as dt
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sanwei_flow.errors import N_, Unavailable
from sanwei_flow.plans.statuses import ROW_STATUSES
from sanwei_flow.reports import official, wording
from sanwei_flow.reports.models import Bulletin
from sanwei_flow.reports.numbers import Facts
from sanwei_flow.reports.standing import Item

#: Millimetres: number, task, lead, date, status.
WIDTHS = (14, 66, 34, 24, 18)
HEAD = ("序号", "工作任务", "牵头单位", "完成时限", "状态")
SECONDS = 60
#: Said below the rows of a month that is over.
TAKEN_BACK = (
    "注：本表按截至日期还原，其后的销号、终止、中止恢复、延期、改派和上报均未计入；"
    "当时在办事项所处的环节没有逐日记录，统一列为“在办”，任务和指标的文字按现行方案。"
)


def document_of(bulletin: Bulletin, facts: Facts, issuer: str, day: dt.date) -> bytes:
    """The file: number, title, text with its numbers, who issues it, rows behind and in time."""
    document = official.new_document()
    official.add_centred(document, bulletin.number or "（草稿）")
    official.add_title(document, bulletin.title)
    for line in wording.filled(bulletin.text, facts.numbers).splitlines():
        if words := line.strip():
            level = wording.level(words)
            if level:
                official.add_heading(document, words, level)
            else:
                official.add_body(document, words)
    official.add_signature(document, issuer, day)
    _rows(document, "附件1　进度滞后的事项", facts.behind)
    _rows(document, "附件2　正常推进的事项", facts.in_time)
    if facts.past:
        official.add_body(document, TAKEN_BACK)
    return official.to_bytes(document)


def _rows(document: object, title: str, items: Sequence[Item]) -> None:
    heading = official.add_heading(document, title)
    heading.paragraph_format.page_break_before = True
    if not items:
        official.add_body(document, "无。")
        return
    rows = [HEAD]
    for one in items:
        due = official.chinese_date(one.due) if one.due else "未定"
        status = ROW_STATUSES.get(one.status, one.status)
        rows.append((str(one.no), one.task, one.lead, due, status))
    official.add_table(document, rows, WIDTHS)


def office_program() -> str | None:
    """Where LibreOffice is; None on a machine without it."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def as_pdf(content: bytes) -> bytes:
    """The same document as PDF. Raises Unavailable without LibreOffice, or if it fails."""
    program = office_program()
    if program is None:
        raise Unavailable(N_("服务器上没有安装 LibreOffice，不能转成 PDF；请下载 Word 文件"))
    with tempfile.TemporaryDirectory(prefix="sanwei-pdf-") as folder:
        source = Path(folder, "paper.docx")
        source.write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [program, profile, "--headless", "--convert-to", "pdf"]
        command += ["--outdir", folder, str(source)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)  # noqa: S603 - our own arguments
            return source.with_suffix(".pdf").read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise Unavailable(N_("LibreOffice 没有转成 PDF，请稍后再试")) from error
