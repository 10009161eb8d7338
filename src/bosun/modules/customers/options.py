"""Option lists of customers, and what ships in them."""

from django.utils.translation import gettext_lazy as _

from bosun.platform.options.lists import Shipped, declare

GRADE = declare(
    "grade",
    _("Grade"),
    [
        Shipped("A", "A", "A", "A"),
        Shipped("B", "B", "B", "B"),
        Shipped("C", "C", "C", "C"),
        Shipped("D", "D", "D", "D"),
    ],
)

INDUSTRY = declare(
    "industry",
    _("Industry"),
    [
        Shipped("it", "IT", "信息技术", "Informática"),
        Shipped("manufacturing", "Manufacturing", "制造业", "Industria"),
        Shipped("machinery", "Machinery", "机械", "Maquinaria"),
        Shipped("chemicals", "Chemicals", "化工", "Química"),
        Shipped("energy", "Energy", "能源", "Energía"),
        Shipped("construction", "Construction", "建筑", "Construcción"),
        Shipped("food", "Food and drink", "食品饮料", "Alimentación"),
        Shipped("retail", "Retail", "零售", "Comercio minorista"),
        Shipped("wholesale", "Wholesale", "批发", "Comercio mayorista"),
        Shipped("textiles", "Textiles and clothing", "纺织服装", "Textil y moda"),
        Shipped("medical", "Medical", "医疗", "Sanidad"),
        Shipped("education", "Education", "教育", "Educación"),
        Shipped("finance", "Finance", "金融", "Finanzas"),
        Shipped("logistics", "Logistics", "物流", "Logística"),
        Shipped("telecommunications", "Telecommunications", "通信", "Telecomunicaciones"),
        Shipped("marketing", "Marketing", "市场营销", "Marketing"),
        Shipped("entertainment", "Entertainment", "文娱", "Entretenimiento"),
        Shipped("services", "Services", "服务业", "Servicios"),
        Shipped("agriculture", "Agriculture", "农业", "Agricultura"),
        Shipped("public", "Public sector", "公共部门", "Sector público"),
    ],
)

SOURCE = declare(
    "source",
    _("Source"),
    [
        Shipped("referral", "Referral", "转介绍", "Recomendación"),
        Shipped("website", "Web site", "官网", "Sitio web"),
        Shipped("social_media", "Social media", "社交媒体", "Redes sociales"),
        Shipped("fair", "Trade fair", "展会", "Feria"),
        Shipped("cold_call", "Cold call", "陌生拜访", "Llamada en frío"),
        Shipped("advert", "Advertisement", "广告", "Publicidad"),
        Shipped("partner", "Partner", "渠道伙伴", "Socio"),
        Shipped("other", "Other", "其他", "Otro"),
    ],
)

MATURITY = declare(
    "maturity",
    _("Maturity"),
    [
        Shipped("new", "New", "新客户", "Nuevo"),
        Shipped("in_contact", "In contact", "已联系", "En contacto"),
        Shipped("interested", "Interested", "有意向", "Interesado"),
        Shipped("negotiating", "Negotiating", "洽谈中", "Negociando"),
        Shipped("buying", "Buying", "已成交", "Compra"),
        Shipped("dormant", "Dormant", "沉睡", "Inactivo"),
    ],
)
