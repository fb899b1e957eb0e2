"""The physical limit: one durable transaction of one statement, by PostgreSQL's own client."""

import re
import subprocess
import tempfile
from pathlib import Path

from bench.cluster import binary

#: Rows of the yardstick's own tables.
ROWS = 10_000

#: Tables as any such system needs them: found by instance, by unit and due date, by key.
TABLES = f"""
create table yard_instance (id serial primary key, state bytea not null, version int not null,
                            status text not null, stage text not null, changed_at timestamptz);
create table yard_task (id serial primary key, instance_id int not null, unit_id int not null,
                        name text not null, data json not null, due date not null,
                        status text not null, opened_at timestamptz not null);
create index on yard_task (unit_id, due, id) where status = 'open';
create index on yard_task (instance_id);
create table yard_event (id serial primary key, instance_id int not null, at timestamptz not null,
                         key text unique, data json not null, state bytea);
create index on yard_event (instance_id, id);
insert into yard_instance (state, version, status, stage)
  select decode(repeat(md5(i::text), 40), 'hex'), 1, 'running', ''
  from generate_series(1, {ROWS}) i;
"""

#: 1 select, 1 update, 2 inserts in one statement, committed.
TRANSACTION = rf"""
\set id random(1, {ROWS})
with seen as (select state, version from yard_instance where id = :id),
     moved as (update yard_instance set state = (select state from seen), version = version + 1,
                      stage = 'unit_review', changed_at = now() where id = :id returning version),
     opened as (insert into yard_task (instance_id, unit_id, name, data, due, status, opened_at)
                values (:id, :id % 40, 'review', '{{"summary": "done"}}',
                        current_date + :id % 60, 'open', now()) returning id),
     told as (insert into yard_event (instance_id, at, key, data, state)
              select :id, now(), gen_random_uuid()::text, '{{"action": "submit"}}', state
              from seen returning id)
select version, (select id from opened), (select id from told) from moved;
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
