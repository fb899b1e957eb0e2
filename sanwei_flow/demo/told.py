"""What the demo's office has decided with others and found on the spot, in its own words.

Days are working days from the last one, T; each act is (day, step of the process, outcome, words).
"""

from dataclasses import dataclass

from sanwei_flow.oversight.minutes import Wording

Act = tuple[int, str, str, str]


@dataclass(frozen=True)
class Decided:
    """A decision: due so many working days from T, and what its unit has made of it."""

    words: Wording
    due: int | None
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True)
class Met:
    """A meeting, written down the working day after; `issued` False leaves it a draft."""

    day: int
    title: str
    place: str
    attending: str
    agenda: str
    minutes: str
    decisions: tuple[Decided, ...]
    issued: bool = True


@dataclass(frozen=True)
class Checked:
    """A finding about a row, at a unit (by its name), and how it was mended."""

    day: int
    no: int
    unit: str
    inspectors: str
    kind: str
    finding: str
    due: int | None = None
    acts: tuple[Act, ...] = ()
    #: For looks that saw nothing mended: the new day.
    again: int | None = None


SIGN, REPORT, REVIEW, CHECK = "sign_for", "report", "unit_review", "office_check"
CHAIR = "专班办公室负责人"

MEETINGS = (
    Met(
        day=-63,
        title="为农服务载体建设联席会商",
        place="县供销合作社三楼会议室",
        attending="县供销合作社、县财政局、县商务委、县交通运输委、县农业农村委、庙宇镇、官渡镇、大昌镇",
        agenda="为农服务中心选址用房；农机购置补助资金拨付；三级物流节点布局",
        minutes="""会议听取了县供销合作社关于为农服务载体建设进展的汇报，逐项研究了选址、资金和布局三个问题。
会议认为，载体建设是全年任务的先手棋，要先定点位、再配设备，避免建成后无人使用。
会议议定以下事项，由牵头单位按时限办结，专班办公室跟踪督办。""",
        decisions=(
            Decided(
                Wording(
                    "落实庙宇、官渡、大昌三个为农服务中心的选址和用房，用房由所在乡镇无偿提供",
                    "县供销合作社",
                    "庙宇镇、官渡镇、大昌镇",
                    row_nos="2",
                ),
                -40,
                (
                    (-61, SIGN, "accept", ""),
                    (
                        -47,
                        REPORT,
                        "submit",
                        "三处用房均已签订无偿使用协议，大昌镇的场地已腾空移交。",
                    ),
                    (-46, REVIEW, "agree", ""),
                    (-44, CHECK, "conclude", ""),
                ),
            ),
            Decided(
                Wording(
                    "农机购置补助资金先行拨付一半，余款验收后结清",
                    "县财政局",
                    "县供销合作社",
                    row_nos="9、28",
                ),
                -33,
                (
                    (-60, SIGN, "accept", ""),
                    (-42, REPORT, "submit", "首批补助资金已拨付到位。"),
                    (-41, REVIEW, "agree", ""),
                    (-39, CHECK, "return", "请补报拨付凭证和分乡镇明细。"),
                    (
                        -37,
                        REPORT,
                        "submit",
                        "首批补助资金已拨付到位，凭证和分乡镇明细已报专班办公室。",
                    ),
                    (-36, REVIEW, "agree", ""),
                    (-35, CHECK, "conclude", ""),
                ),
            ),
            Decided(
                Wording(
                    "制定县、乡、村三级物流节点建设标准，提出全县布点清单",
                    "县商务委",
                    "县交通运输委、县供销合作社",
                    row_nos="10",
                ),
                -30,
                (
                    (-60, SIGN, "accept", ""),
                    (-33, REPORT, "submit", "建设标准已印发，布点清单经两轮征求意见后定稿。"),
                    (-32, REVIEW, "agree", ""),
                    (-30, CHECK, "conclude", ""),
                ),
            ),
        ),
    ),
    Met(
        day=-17,
        title="信用服务和客货邮融合联席会商",
        place="县政府二号会议室",
        attending="县政府办公室、县交通运输委、县商务委、县供销合作社、农商行巫山支行",
        agenda="整村授信名单核对；客运站场地手续；金融机具布点；产销对接活动",
        minutes="""会议通报了信用服务和流通设施两个领域的滞后事项，逐项分析了原因。
会议强调，已过时限的事项要明确到人、倒排到周，确有困难的按程序申请延期，不能等靠。
会议议定以下事项。""",
        decisions=(
            Decided(
                Wording(
                    "逐村核对整村授信名单，核对结果报专班办公室",
                    "农商行巫山支行",
                    "县政府办公室",
                    row_nos="19",
                ),
                -6,
                (
                    (-15, SIGN, "accept", ""),
                    (
                        -8,
                        REPORT,
                        "submit",
                        "已完成全部行政村的名单核对，调出不符合条件的农户41户。",
                    ),
                    (-7, REVIEW, "agree", ""),
                    (-6, CHECK, "conclude", ""),
                ),
            ),
            Decided(
                Wording(
                    "集中办理县级客运站仓储分拣场地的消防手续",
                    "县交通运输委",
                    "县商务委",
                    row_nos="13",
                ),
                -7,
                ((-14, SIGN, "accept", ""),),
            ),
            Decided(
                Wording(
                    "金融机具布设点位与会员服务网点逐一对应，提出增补清单",
                    "县政府办公室",
                    "农商行巫山支行、县供销合作社",
                    row_nos="23",
                ),
                1,
                (
                    (-15, SIGN, "accept", ""),
                    (-4, REPORT, "submit", "点位已与服务网点逐一核对，增补清单共16处，附后。"),
                    (-3, REVIEW, "agree", ""),
                ),
            ),
            Decided(
                Wording(
                    "提出产销对接活动方案，报县政府审定", "县商务委", "县供销合作社", row_nos="31"
                ),
                8,
                ((-14, SIGN, "accept", ""),),
            ),
        ),
    ),
    Met(
        day=-3,
        title="数字农合联建设联席会商",
        place="县大数据应用发展管理中心",
        attending="县供销合作社、县农业农村委、县大数据应用发展管理中心",
        agenda="平台账号开通；涉农数据汇集",
        minutes="""会议研究了数字农合联平台的账号开通和数据汇集。
平台账号由县供销合作社牵头，各乡镇配合，本月底前开通到村。
涉农数据目录由县大数据中心牵头编制，县农业农村委配合。""",
        decisions=(
            Decided(
                Wording("平台账号开通到村", "县供销合作社", "各乡镇", row_nos="24"),
                15,
            ),
            # The name is nobody's in the register: the office has it to mend before issuing.
            Decided(
                Wording("编制涉农数据目录", "县大数据中心", "县农业农村委", row_nos="25"),
                None,
            ),
        ),
        issued=False,
    ),
)

RECTIFY, RECHECK = "rectify", "recheck"
TEAM = "专班办公室第一检查组"

CHECKS = (
    Checked(
        day=-50,
        no=2,
        unit="庙宇镇",
        inspectors=TEAM,
        kind="good",
        finding="为农服务中心设施齐全、台账清楚，代理记账和农资配送一个窗口受理，可供其他乡镇参观学习。",
    ),
    Checked(
        day=-50,
        no=12,
        unit="大昌镇",
        inspectors=TEAM,
        kind="rectify",
        finding="抽查5个村级服务网点，2个没有挂牌，1个进货台账缺两个月。",
        due=-40,
        acts=(
            (
                -44,
                RECTIFY,
                "submit",
                "2个网点已挂牌，缺失的进货台账已按票据补记，并安排专人每月核对。",
            ),
            (-43, REVIEW, "agree", ""),
            (-41, RECHECK, "agree", "现场查看，牌子和台账均已补齐。"),
        ),
    ),
    Checked(
        day=-30,
        no=6,
        unit="县农业农村委",
        inspectors="专班办公室第二检查组",
        kind="rectify",
        finding="两期高素质农民培训的签到表与上报人数相差37人。",
        due=-20,
        acts=(
            (-24, RECTIFY, "submit", "已重新核对签到表，补报一期名单。"),
            (-23, REVIEW, "agree", ""),
            (-21, RECHECK, "return", "补报的名单仍缺9月一期，人数对不上。"),
            (-13, RECTIFY, "submit", "缺的一期签到表已从承办机构取回，上报人数已更正。"),
            (-12, REVIEW, "agree", ""),
            (-10, RECHECK, "agree", "逐期核对一致。"),
        ),
        again=-9,
    ),
    Checked(
        day=-15,
        no=28,
        unit="县供销合作社",
        inspectors="专班办公室第二检查组",
        kind="rectify",
        finding="专项资金没有按项目分列台账，两笔支出缺审批单。",
        due=6,
    ),
    Checked(
        day=-12,
        no=20,
        unit="巫峡镇",
        inspectors=TEAM,
        kind="rectify",
        finding="3个村的农户信用信息超过半年没有更新。",
        due=-1,
        acts=(
            (-5, RECTIFY, "submit", "3个村共612户的信息已重新采集入库。"),
            (-4, REVIEW, "agree", ""),
        ),
    ),
    Checked(
        day=-12,
        no=12,
        unit="龙门街道",
        inspectors=TEAM,
        kind="problem",
        finding="两个服务网点相距不到200米，另一侧的3个社区没有网点，布局宜调整。",
    ),
)
