"""The physical limit: one durable transaction of one statement, by PostgreSQL's own client."""

import re
import subprocess
import tempfile
from pathlib import Path

from bench.cluster import binary

#: Rows of the yardstick's own tables.
ROWS = 10_000

TABLES = f"""
create table yard_instance (id int primary key, state text not null, version int not null);
create table yard_task (id serial primary key, instance_id int not null, unit_id int not null,
                        due date not null, status text not null);
create index on yard_task (unit_id, due, id) where status = 'open';
create table yard_event (id serial primary key, instance_id int not null, at timestamptz not null,
                         data text not null);
insert into yard_instance select i, repeat('x', 1000), 1 from generate_series(1, {ROWS}) i;
"""

#: 1 select, 1 update, 2 inserts in one statement, committed.
TRANSACTION = f"""
\\set id random(1, {ROWS})
with seen as (select state, version from yard_instance where id = :id),
     moved as (update yard_instance set state = repeat('y', 1000), version = version + 1
               where id = :id returning id),
     opened as (insert into yard_task (instance_id, unit_id, due, status)
                values (:id, :id % 40, current_date, 'open') returning id),
     told as (insert into yard_event (instance_id, at, data)
              values (:id, now(), '{{}}') returning id)
select seen.version, (select id from opened), (select id from told) from seen;
"""


def prepare(address: str) -> None:
    subprocess.run([binary("psql"), "-q", "-c", TABLES, address], check=True)


def per_second(address: str, count: int) -> float:
    """Transactions per second of one client over TCP, prepared statements."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "transaction.sql"
        script.write_text(TRANSACTION)
        command = [binary("pgbench"), "-n", "-c", "1", "-j", "1", "-t", str(count)]
        command += ["-M", "prepared", "-f", str(script), address]
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+) \(without", ran.stdout)
    if found is None:
        raise RuntimeError(ran.stdout + ran.stderr)
    return float(found.group(1))
