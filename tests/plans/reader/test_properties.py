"""Whatever is thrown at the reader, it answers with a document or one sentence."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from sanwei_flow.plans.reader import PlanReadError, read_plan, to_json
from tests.plans.reader import builders
from tests.plans.reader.documents import BRACKETS, KEY_TASKS, LABELS, MERGED

FILES = [
    BRACKETS.encode(),
    LABELS.encode(),
    KEY_TASKS.encode(),
    builders.txt(MERGED),
    builders.web(MERGED),
]
PACKED = [builders.word(MERGED), builders.excel(MERGED), builders.pdf(MERGED)]
SCRAPS = """
    一、重点任务 （一） 1． 序号 工作任务 责任单位 配合单位 牵头单位： 完成时限： 县林业局 、 ， 。
    （ ） “ ” 《 等 各乡镇 2025年 6月底前 至 力争 建成 12个 100% 每年 附件1 重大项目 牵头 配合
    〔2025〕3号 长期坚持 0 <td> % 十 号 日
"""
PIECES = st.sampled_from([*SCRAPS.split(), "\t", "\n", "\n\n", " ", "\u3000"])


def answer(data: bytes) -> None:
    try:
        document = read_plan(data, "方案")
    except PlanReadError:
        return
    json.dumps(to_json(document), ensure_ascii=False)
    assert document.rows
    assert len({row.no for row in document.rows}) == len(document.rows)
    assert all(unit.mentions >= unit.in_rows >= 0 for unit in document.units)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    answer(text.encode("utf-8", "replace"))


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    answer(data)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=80))
def test_scraps_of_plans(pieces: list[str]) -> None:
    answer("".join(pieces).encode())


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_plans_with_pieces_cut_moved_and_mistyped(file: bytes, data: st.DataObject) -> None:
    text = file.decode()
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 60)))
        text = text[:start] + data.draw(PIECES | st.text(max_size=5)) + text[end:]
    answer(text.encode("utf-8", "replace"))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PACKED), st.data())
def test_damaged_files(file: bytes, data: st.DataObject) -> None:
    damaged = bytearray(file)
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(8, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    answer(bytes(damaged[: data.draw(st.integers(8, len(damaged)))]))
