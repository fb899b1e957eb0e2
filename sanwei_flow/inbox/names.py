"""What our shipped designs call their steps, marked so that these names have English too.

Names of other designs are shown as they were drawn.
"""

from sanwei_flow.errors import N_

STEPS = (
    N_("签收"),
    N_("任务分工"),
    N_("审核分工"),
    N_("配合单位办理"),
    N_("办理并上报"),
    N_("牵头单位确认"),
    N_("上报办结"),
    N_("单位审核"),
    N_("专班审核"),
    N_("组长审批"),
    N_("异议裁定"),
    N_("更换牵头单位"),
    N_("销号"),
    N_("阶段小结"),
)
