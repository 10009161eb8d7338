"""What the customers of the measured company are called."""

ROOTS = (
    "Harbour",
    "Tidewater",
    "Ashdown",
    "Bramley",
    "Calder",
    "Kestrel",
    "Halden",
    "Oakhurst",
    "海通",
    "宏远",
    "Levante",
)
TRADES = ("Pumps", "Foods", "Freight", "Systems", "Textiles", "Energy", "机械", "食品", "物流", "Talleres", "Bodegas")
FORMS = ("Ltd", "plc", "GmbH", "S.L.", "S.A.", "有限公司")
