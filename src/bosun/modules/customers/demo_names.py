"""Words from which the demo makes companies and people: English, Spanish and Chinese, by trade and place."""

from __future__ import annotations

TRADES: dict[str, dict[str, list[str]]] = {
    "en": {
        "machinery": ["Engineering", "Pumps", "Machine Works"],
        "manufacturing": ["Works", "Industries", "Components"],
        "chemicals": ["Chemicals", "Coatings"],
        "energy": ["Energy", "Power"],
        "construction": ["Construction", "Builders"],
        "food": ["Foods", "Dairy", "Brewery", "Bakeries"],
        "retail": ["Stores", "Garden Centres"],
        "wholesale": ["Trading", "Supplies"],
        "textiles": ["Textiles", "Mills"],
        "medical": ["Medical", "Laboratories"],
        "logistics": ["Freight", "Shipping", "Logistics"],
        "it": ["Software", "Systems"],
        "agriculture": ["Farms", "Growers"],
        "public": ["Water Board", "Harbour Authority"],
        "services": ["Facilities", "Partners"],
    },
    "es": {
        "machinery": ["Talleres", "Maquinaria", "Bombas"],
        "manufacturing": ["Industrias", "Fabricados"],
        "chemicals": ["Químicas", "Pinturas"],
        "energy": ["Energías", "Eléctrica"],
        "construction": ["Construcciones", "Obras"],
        "food": ["Conservas", "Bodegas", "Lácteos", "Aceites"],
        "retail": ["Almacenes", "Ferreterías"],
        "wholesale": ["Suministros", "Distribuciones"],
        "textiles": ["Tejidos", "Hilaturas"],
        "medical": ["Clínica", "Laboratorios"],
        "logistics": ["Transportes", "Logística"],
        "it": ["Sistemas", "Informática"],
        "agriculture": ["Cooperativa", "Frutas"],
        "public": ["Aguas", "Autoridad Portuaria"],
        "services": ["Servicios", "Gestión"],
    },
    "zh": {
        "machinery": ["机械", "泵业", "重工"],
        "manufacturing": ["制造", "精密"],
        "chemicals": ["化工", "涂料"],
        "energy": ["能源", "电力"],
        "construction": ["建设", "建材"],
        "food": ["食品", "乳业", "饮料"],
        "retail": ["商贸", "百货"],
        "wholesale": ["贸易", "供应链"],
        "textiles": ["纺织", "服饰"],
        "medical": ["医疗器械", "制药"],
        "logistics": ["物流", "航运"],
        "it": ["信息技术", "软件"],
        "agriculture": ["农业", "种业"],
        "public": ["水务", "港务"],
        "services": ["环境服务", "设备租赁"],
    },
}
ROOTS: dict[str, list[str]] = {
    "en": (
        "Ashdown Bramley Calder Dunmore Eastgate Fenwick Greyfriars Halden Ivybridge Kestrel Larkfield Marlow Netherby "
        "Oakhurst Penrose Quayside Redcliffe Silverdale Thornbury Ullswater Wetherby Yarrow Tidewater Brightwell "
        "Castleford Drayton Elmswood Foxley Glenroy Hawthorne Inverlea Kingsmead Lindale Millbrook Northcote Overton "
        "Pembridge Rosslyn Stonebeck Trenholm Westerly Wrenfield"
    ).split(),
    "es": [
        "del Cantábrico", "Montseny", "Ribera Alta", "Guadiana", "Levante", "Sierra Norte", "del Ebro", "Albarracín",
        "Costa Brava", "Duero", "Alameda", "Peñarol", "San Telmo", "Monteverde", "La Marina", "Tierra de Campos",
        "Castellar", "Olivares", "Puerto Real", "Sol y Mar", "Arganda", "Valderrama", "Miraflores", "Torreblanca",
        "Campoamor", "Los Llanos", "Río Tinto", "Santa Clara", "Nervión", "El Roble", "Almenara", "Fuenclara",
    ],
    "zh": (
        "海通 宏远 瑞丰 金桥 东方 华泰 恒信 天成 博远 联创 星辰 万和 百川 顺达 新锐 嘉禾 永盛 启明 鼎盛 中远 "
        "长青 九州 凯旋 安泰 德利 光大 和兴 锦程 利民 明珠 南洋 平川 清源 盛世 腾飞 同心 伟业 祥云 兴隆 远航"
    ).split(),
}  # fmt: skip
FORMS: dict[str, list[str]] = {
    "en": ["Ltd", "Ltd", "plc", "& Sons", "Group"],
    "es": ["S.L.", "S.L.", "S.A.", "S.Coop."],
    "zh": ["有限公司", "有限公司", "股份有限公司", "集团有限公司"],
}
FIRST: dict[str, list[str]] = {
    "en": (
        "Grace Oliver Isla George Amelia Harry Freya Jack Poppy Arthur Evie Noah Daisy Leo Rosie Oscar Alice Theo "
        "Florence Henry Matilda Edward Harriet Samuel Beatrice Callum Imogen Rory Nadia Imran Aoife Declan"
    ).split(),
    "es": (
        "Carmen Javier Marta Pablo Laura Sergio Elena Álvaro Raquel Iñaki Nuria Jordi Rosa Manuel Beatriz Andrés "
        "Pilar Joaquín Montse Rafael Cristina Óscar Inés Emilio Silvia Gonzalo Teresa Víctor Lourdes Xavier"
    ).split(),
    "zh": "伟 芳 娜 敏 静 强 磊 洋 艳 勇 军 杰 娟 涛 明 超 霞 平 刚 丽娟 志强 秀英 建国 晓东 雪梅 文博 思远 佳怡 子涵 雨桐".split(),
}
LAST: dict[str, list[str]] = {
    "en": (
        "Ashworth Barlow Carver Dalton Ellison Farrow Gibbs Hartley Ingram Jarvis Kemp Lawson Mercer Nash Osborne "
        "Pryce Radcliffe Sutton Turner Underwood Vaughan Whitaker Yates Okafor Kapoor Byrne"
    ).split(),
    "es": (
        "Ferrer Molina Navarro Iglesias Cano Prieto Vidal Campos Vega Rojas Soler Pascual Herrero Lorenzo Crespo "
        "Etxeberria Puig Rivas Santana Otero Bravo Méndez Ibáñez Quintana"
    ).split(),
    "zh": list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"),
}
TITLES: dict[str, list[tuple[str, str]]] = {
    "en": [
        ("Managing Director", "decides"), ("Head of Purchasing", "buys"), ("Plant Manager", "influences"),
        ("Maintenance Lead", "uses"), ("Finance Director", "influences"), ("Buyer", "buys"), ("Site Engineer", "uses"),
    ],
    "es": [
        ("Directora general", "decides"), ("Jefe de compras", "buys"), ("Jefa de planta", "influences"),
        ("Responsable de mantenimiento", "uses"), ("Director financiero", "influences"), ("Compradora", "buys"),
        ("Técnico de planta", "uses"),
    ],
    "zh": [
        ("总经理", "decides"), ("采购总监", "buys"), ("生产厂长", "influences"), ("设备主管", "uses"),
        ("财务总监", "influences"), ("采购专员", "buys"), ("工程师", "uses"),
    ],
}  # fmt: skip
TAGS: dict[str, list[str]] = {
    "en": ["frame contract", "service plan", "trade fair", "reference", "pays late"],
    "es": ["contrato marco", "piloto", "feria", "referencia", "paga tarde"],
    "zh": ["大客户", "框架协议", "展会", "样板客户", "回款慢"],
}
STREETS: dict[str, list[str]] = {
    "en": ["Quay Street", "Mill Lane", "Station Road", "Canal Side", "Foundry Way", "Orchard Close"],
    "es": ["Calle del Puerto", "Avenida de la Industria", "Polígono Las Eras", "Calle Mayor", "Camino del Río"],
    "zh": ["工业路", "滨江大道", "科技园路", "解放路", "港湾路", "创新大街"],
}


def person(language: str, first: str, last: str) -> str:
    """A name in the order of its language."""
    return f"{last}{first}" if language == "zh" else f"{first} {last}"


def company(language: str, trade: str, root: str, form: str, city: str) -> str:
    """A company's name as such companies are called there."""
    if language == "zh":
        return f"{city}{root}{trade}{form}"
    if language == "es":
        return f"{trade} {root}, {form}"
    return f"{root} {trade} {form}"
