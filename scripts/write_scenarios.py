"""Write what the scenarios of `workflows/scenarios/` expect: what the designs we ship do now.

Run it after a shipped design was changed on purpose, and look at what it changes.
"""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sanwei_flow import create_app
from sanwei_flow.config import load_config
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import WORKFLOWS
from sanwei_flow.designs.queries import current
from sanwei_flow.migrations import upgrade_database
from sanwei_flow.scenarios.comparing import expect
from sanwei_flow.scenarios.material import material_of
from sanwei_flow.scenarios.play import play
from sanwei_flow.scenarios.steps import read_given, read_steps


def main() -> None:
    from sanwei_flow.accounts.actor import SYSTEM
    from sanwei_flow.designs.operations import install_shipped
    from sanwei_flow.web import now

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/x.db"
        app = create_app(load_config(database_url=url, instance_path=Path(folder)))
        with app.app_context():
            upgrade_database()
            with transaction():
                install_shipped(by=SYSTEM, at=now())
            for path in sorted((WORKFLOWS / "scenarios").glob("*.json")):
                write(path)


def write(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    given, steps = read_given(content["given"]), read_steps(content["steps"])
    material = material_of(content["design"], current(content["design"]))
    seen = play(material, given, steps)
    if seen.trouble is not None:
        raise SystemExit(f"{path.name}, step {seen.trouble.step}: {seen.trouble.said}")
    content["expected"] = expect(seen)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{path.name}: {len(steps)} steps, {seen.last.status}")


if __name__ == "__main__":
    main()
