"""Option lists of opportunities, their pipeline, and what ships in them."""

from django.utils.translation import gettext_lazy as _

from bosun.platform.options.lists import Shipped, declare
from bosun.platform.pipelines import shipped
from bosun.platform.pipelines.shipped import ShippedStage

LOST_REASON = declare("lost_reason", _("Lost because"), [
    Shipped("price", "Price", "价格", "Precio"),
    Shipped("product", "Product did not fit", "产品不符", "El producto no encajaba"),
    Shipped("delivery", "Delivery time", "交期", "Plazo de entrega"),
    Shipped("relationship", "Relationship", "关系", "Relación"),
    Shipped("no_budget", "No budget", "无预算", "Sin presupuesto"),
    Shipped("no_decision", "No decision", "未决策", "Sin decisión"),
    Shipped("other", "Other", "其他", "Otro"),
])  # fmt: skip

COMPETITOR = declare("competitor", _("Competitor"), [
    Shipped("unknown", "Unknown", "未知", "Desconocido"),
    Shipped("in_house", "Made in-house", "自制", "Producción propia"),
])  # fmt: skip

shipped.declare("opportunities", "Sales", [
    ShippedStage("Prospecting", "初步接触", "Prospección", 6),
    ShippedStage("Engaging", "需求确认", "Interés", 12),
    ShippedStage("Proposal", "方案报价", "Propuesta", 25),
    ShippedStage("Negotiation", "谈判", "Negociación", 50),
    ShippedStage("Won", "赢单", "Ganada", 100, "won"),
    ShippedStage("Lost", "输单", "Perdida", 0, "lost"),
])  # fmt: skip
