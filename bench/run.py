"""Measures everything in interleaved rounds; prints a table, writes `bench/results.json`.

A shared machine gets faster and slower while this runs. So every round measures each thing
once beside the yardstick, ratios are taken inside a round, and the medians over all rounds
count.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flask import Flask

from bench import http, launching, ledgers, measures, yardstick
from bench.cluster import cluster, database
from bench.scene import build, make_app
from sanwei_flow import settle
from sanwei_flow.db import db

RESULTS = Path(__file__).resolve().parent / "results.json"
ROUNDS = 15
FEW, MANY = 1_000, 100_000
FEW_PLANS, MANY_PLANS = 2, 20
#: A sheet of ten thousand rows takes seconds: it is written in the last rounds only.
EXPORTS = 3
GROWING = ("board", "board_all", "ledger", "export")


@dataclass(frozen=True)
class Aim:
    name: str
    limit: float
    at_least: bool
    unit: str
    how: str

    def met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


AIMS = (
    Aim(
        "act.ratio",
        0.18,
        True,
        "ratio",
        "acts per second by operation, state loaded cold / yardstick transactions per second",
    ),
    Aim(
        "act_http.ratio",
        0.08,
        True,
        "ratio",
        f"task forms posted per second to one worker (granian, 4 threads) by {http.BROWSERS}"
        " browsers, logged in, with CSRF / yardstick",
    ),
    Aim(
        "act.statements",
        8,
        False,
        "statements",
        "SQL statements per act, BEGIN and COMMIT included",
    ),
    Aim("act.growth", 1.3, False, "ratio", f"one act among {MANY} open tasks / among {FEW}"),
    Aim(
        "inbox.growth",
        1.3,
        False,
        "ratio",
        f"a page of 20 and the counts, three units, among {MANY} open tasks / among {FEW}",
    ),
    Aim(
        "sweep.growth",
        1.3,
        False,
        "ratio",
        f"a sweep that fires 20 due timers among {MANY} / among {FEW}, per timer",
    ),
    Aim(
        "cooperation.26th_to_1st",
        1.2,
        False,
        "ratio",
        "the four acts of the last of 26 cooperating units / those of the first",
    ),
    Aim(
        "launch.per_instance_to_act",
        1.5,
        False,
        "ratio",
        "launching the Wushan plan, per instance started / one act by operation",
    ),
    Aim(
        "board.growth",
        1.3,
        False,
        "ratio",
        f"the board of one plan of 500 rows among {MANY_PLANS} plans / among {FEW_PLANS}",
    ),
    Aim(
        "board_all.growth",
        1.3,
        False,
        "ratio",
        f"the board over {MANY_PLANS} plans / over {FEW_PLANS}, per row",
    ),
    Aim(
        "ledger.growth",
        1.3,
        False,
        "ratio",
        f"a page of 50 lines of one plan among {MANY_PLANS} plans / among {FEW_PLANS}",
    ),
    Aim(
        "export.growth",
        1.3,
        False,
        "ratio",
        f"the ledger of {MANY_PLANS} plans as a sheet / of {FEW_PLANS}, per row",
    ),
)


def main() -> None:
    """Run it all: about three minutes on a quiet machine."""
    with cluster() as address:
        print(f"building {FEW} and {MANY} open tasks and timers …", flush=True)
        yardstick.prepare(address)
        few, many = build(database(address, "few"), FEW), build(database(address, "many"), MANY)
        launches = make_app(database(address, "launches"))
        launching.prepare(launches)
        two = ledgers.build(database(address, "two"), FEW_PLANS)
        twenty = ledgers.build(database(address, "twenty"), MANY_PLANS)
        settle()
        samples: dict[str, list[float]] = defaultdict(list)
        with http.server(few) as browsers:
            for number in range(-2, ROUNDS):
                one = {"yardstick": 1 / yardstick.per_second(address, 500)}
                one["act"] = measures.acts(few, 50)
                one["act_many"] = measures.acts(many, 50)
                one["act_http"] = http.acts(browsers, few, 80)
                one["act_http_alone"] = http.acts(browsers[:1], few, 40)
                one["inbox"], one["inbox_many"] = measures.inbox(few, 50), measures.inbox(many, 50)
                one["sweep"], one["sweep_many"] = measures.sweep(few, 20), measures.sweep(many, 20)
                one["first"], one["last"] = measures.cooperation(few, 26)
                one["launch"] = launching.per_instance(launches, 4)
                one |= _overview(two, twenty, export=number >= ROUNDS - EXPORTS)
                # The first rounds fill caches and let PostgreSQL settle on its plans.
                if number >= 0:
                    for name, value in one.items():
                        samples[name].append(value)
                print(f"round {number + 1}: act {one['act'] * 1000:.2f} ms", flush=True)
        values = ratios(samples) | {"act.statements": measures.statements(few, 50)}
        for app in (few.app, many.app, launches, two, twenty):
            with app.app_context():
                db.engine.dispose()
    report(values, samples)


def _overview(two: Flask, twenty: Flask, *, export: bool) -> dict[str, float]:
    """Board and ledger of one plan, the board over all (per row), now and then the export."""
    one = {"board": ledgers.board_of(two, 1, 5), "board_many": ledgers.board_of(twenty, 1, 5)}
    rows = ledgers.ROWS
    one["board_all"] = ledgers.board_of(two, None, 2) / (FEW_PLANS * rows)
    one["board_all_many"] = ledgers.board_of(twenty, None, 2) / (MANY_PLANS * rows)
    one["ledger"] = ledgers.ledger_of(two, 1, 5)
    one["ledger_many"] = ledgers.ledger_of(twenty, 1, 5)
    if export:
        one["export"], one["export_many"] = ledgers.export(two), ledgers.export(twenty)
    return one


def ratios(samples: dict[str, list[float]]) -> dict[str, float]:
    """The medians over the rounds of the ratios within each."""

    def of(above: str, below: str) -> float:
        return median(a / b for a, b in zip(samples[above], samples[below], strict=True))

    return {
        "act.ratio": of("yardstick", "act"),
        "act_http.ratio": of("yardstick", "act_http"),
        "act.growth": of("act_many", "act"),
        "inbox.growth": of("inbox_many", "inbox"),
        "sweep.growth": of("sweep_many", "sweep"),
        "cooperation.26th_to_1st": of("last", "first"),
        "launch.per_instance_to_act": of("launch", "act"),
        **{f"{name}.growth": of(f"{name}_many", name) for name in GROWING},
    }


def report(values: dict[str, float], samples: dict[str, list[float]]) -> None:
    """Print the table and write the file; plain times follow the ratios, for orientation."""
    entries = []
    print(f"\n{'':28}{'value':>9}   aim")
    for aim in AIMS:
        value = round(values[aim.name], 3)
        verdict = "met" if aim.met(value) else "MISSED"
        print(f"{aim.name:28}{value:9.3f}   {'≥' if aim.at_least else '≤'} {aim.limit:<6}{verdict}")
        entries.append({"name": aim.name, "value": value, "unit": aim.unit, "how": aim.how})
    for name, times in samples.items():
        value = round(median(times) * 1000, 3)
        print(f"{name + '.ms':28}{value:9.3f}")
        how = f"median over {len(times)} rounds"
        entries.append({"name": f"{name}.ms", "value": value, "unit": "ms", "how": how})
    RESULTS.write_text(json.dumps(entries, ensure_ascii=False, indent=2) + "\n")
    print(f"\nwritten to {RESULTS}")
