"""The demo county's register. Names of units are public; every person is invented."""

from dataclasses import dataclass

from sanwei_flow.accounts.models import Role, UnitKind


@dataclass(frozen=True)
class DemoUnit:
    """A unit; `key` begins the usernames of its people."""

    code: str
    key: str
    name: str
    kind: UnitKind
    aliases: tuple[str, ...] = ()


TASK_FORCE = "巫山县“三位一体”改革工作专班"
DATA_CENTRE = "县大数据应用发展管理中心"


def _units(letter: str, kind: UnitKind, entries: str) -> list[DemoUnit]:
    """Read lines of `key name [alias …]`; only exact synonyms are aliases."""
    lines = [line.split() for line in entries.strip().splitlines()]
    return [
        DemoUnit(f"{letter}{number:02d}", key, name, kind, tuple(aliases))
        for number, (key, name, *aliases) in enumerate(lines, 1)
    ]


def _villages(letter: str, kind: UnitKind, entries: str) -> list[DemoUnit]:
    office = "办事处" if kind is UnitKind.subdistrict else "人民政府"
    plain = _units(letter, kind, entries)
    return [DemoUnit(unit.code, unit.key, unit.name, kind, (unit.name + office,)) for unit in plain]


UNITS: list[DemoUnit] = [
    DemoUnit(
        "A00",
        "zhuanban",
        TASK_FORCE,
        UnitKind.task_force,
        ("巫山县推进“三位一体”改革工作专班",),
    ),
    *_units(
        "A",
        UnitKind.department,
        """
        xianweiban 县委办公室
        zhengfuban 县政府办公室 巫山县人民政府办公室
        zuzhibu 县委组织部
        bianban 县委编办
        fagai 县发展改革委
        minzheng 县民政局
        caizheng 县财政局
        renshe 县人力社保局
        jiaotong 县交通运输委
        shuili 县水利局
        nongye 县农业农村委
        shangwu 县商务委
        shichang 县市场监管局
        linye 县林业局
        dashuju 县大数据应用发展管理中心
        gongxiao 县供销合作社 巫山县供销合作社
        jinrong 巫山金融监管支局
        """,
    ),
    *_units("B", UnitKind.bank, "nongshang 农商行巫山支行\nnonghang 农行巫山支行"),
    *_units("C", UnitKind.enterprise, "youzheng 中国邮政巫山分公司"),
    *_villages("D", UnitKind.subdistrict, "gaotang 高唐街道\nlongmen 龙门街道"),
    *_villages(
        "E",
        UnitKind.town,
        """
        wuxia 巫峡镇
        miaoyu 庙宇镇
        dachang 大昌镇
        futian 福田镇
        longxi 龙溪镇
        shuanglong 双龙镇
        guanyang 官阳镇
        luoping 骡坪镇
        baolong 抱龙镇
        guandu 官渡镇
        tonggu 铜鼓镇
        """,
    ),
    *_villages(
        "F",
        UnitKind.township,
        """
        hongchun 红椿土家族乡
        liangping 两坪乡
        quchi 曲尺乡
        jianping 建平乡
        daxi 大溪乡
        jinping 金坪乡
        pinghe 平河乡
        dangyang 当阳乡
        zhuxian 竹贤乡
        sanxi 三溪乡
        peishi 培石乡
        duping 笃坪乡
        dengjia 邓家土家族乡
        """,
    ),
    # A second plan, of the neighbouring county, can be tried in the same office.
    DemoUnit("X01", "fengdu", "丰都县供销合作社联合社", UnitKind.department, ("丰都县供销合作社",)),
    DemoUnit("X02", "fengdunongshang", "农商行丰都支行", UnitKind.bank),
]

#: Whether 街道 belong to 各乡镇 is not written in the plan; the office is asked in the review.
COLLECTIVES: dict[str, list[UnitKind]] = {
    "各乡镇": [UnitKind.subdistrict, UnitKind.town, UnitKind.township],
    "县级各部门": [UnitKind.department],
}

#: Besides a clerk and a head in every unit: (username, unit, role).
OFFICERS: list[tuple[str, str, Role]] = [
    ("zhuanban.office", TASK_FORCE, Role.office),
    ("zhuanban.leader", TASK_FORCE, Role.leader),
    ("designer", TASK_FORCE, Role.designer),
    ("sysadmin", DATA_CENTRE, Role.sys_admin),
    ("secadmin", DATA_CENTRE, Role.sec_admin),
    ("auditor", DATA_CENTRE, Role.auditor),
]

_FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜"
_GIVEN = """
建国 晓燕 志强 丽华 文涛 秀英 海波 雪梅 俊杰 春兰 明辉 玉琴 国平 小红 永刚 婷婷 世伟 美玲 光明
桂芳 立新 素芬 宏伟 佳怡 长江 艳玲 东升 晓丽 振华
"""


def person_name(number: int) -> str:
    """The invented name of the `number`-th person; the first 1,000 or so all differ."""
    given = _GIVEN.split()
    return _FAMILY[number % len(_FAMILY)] + given[number % len(given)]


def people() -> list[tuple[str, str, str, Role]]:
    """Everybody as (username, name, unit name, role), in a fixed order."""
    posts = [
        (f"{unit.key}.{suffix}", unit.name, role)
        for unit in UNITS
        for suffix, role in (("staff", Role.staff), ("head", Role.reviewer))
    ]
    return [
        (username, person_name(number), unit, role)
        for number, (username, unit, role) in enumerate(posts + OFFICERS)
    ]
