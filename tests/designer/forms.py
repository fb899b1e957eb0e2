"""A design of two steps with one form, for the tests of the form designer."""

from tests.processes.designs import END, START, design, node, user

FORM = {
    "key": "report",
    "title": "经费上报",
    "fields": [
        {"key": "summary", "label": "完成情况", "type": "textarea", "required": True},
        {"key": "late", "label": "是否逾期", "type": "bool"},
    ],
}
#: write -> check: the unit's head sees what its staff wrote; more than 100 goes on to the leader.
TWO_STEPS = design(
    "spending",
    [
        START,
        user("write", form="report", due="3"),
        user("check", role="reviewer", form="report", outcomes="agree,return", due="3"),
        node("exclusiveGateway", "much"),
        node("scriptTask", "note", "<bpmn:script>seen = summary</bpmn:script>"),
        END,
    ],
    """
    start write
    write check
    check much
    much end
    much note: summary == "x"
    note end
    """,
)
