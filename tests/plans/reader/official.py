"""The official texts beside the repository, read once, and names the tests speak of."""

from functools import cache
from pathlib import Path

from sanwei_flow.plans.reader import Finding, PlanDocument, read_plan

SEEDS = Path(__file__).resolve().parents[4] / "shared" / "seeds"

COOP, FARM, HALL, TRADE = "县供销合作社", "县农业农村委", "县政府办公室", "县商务委"
ROADS, REFORM, MONEY, PARTY = "县交通运输委", "县发展改革委", "县财政局", "县委组织部"
BANK, FINANCE, TOWNS = "农商行巫山支行", "巫山县金融监管支局", "各乡镇"
DATA = "县大数据应用发展管理中心"

PLATFORM, PRODUCTION, SUPPLY = (
    "着力构建为农服务平台",
    "全面推进农业生产合作",
    "深度融合供销双向服务",
)
CREDIT, DIGITAL, GUARANTEE = "创新信用服务协作联动", "推进数字化运用", "保障措施"


@cache
def plan(county: str) -> PlanDocument:
    return read_plan(next(SEEDS.glob(f"{county}-*.txt")))


def wushan() -> PlanDocument:
    return plan("wushan")


def fengdu() -> PlanDocument:
    return plan("fengdu")


def doubts(document: PlanDocument, code: str) -> dict[int, Finding]:
    """Findings of one kind by line (the last one where several stand on a line)."""
    return {finding.line: finding for finding in document.findings if finding.code == code}
