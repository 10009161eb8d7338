"""What is said with the customers of the demo, in their languages.

Each line is type, result, note, next step. `{p}` is who one spoke with, `{g}` what it was about, `{n}` a number.
"""

from __future__ import annotations

GOODS: dict[str, list[str]] = {
    "en": ["dosing pumps", "CX-200 valves", "the spare-parts set", "the service contract", "the new pump station"],
    "es": [
        "las bombas dosificadoras",
        "las válvulas CX-200",
        "los recambios",
        "el contrato de servicio",
        "la estación",
    ],
    "zh": ["计量泵", "CX-200 阀门", "备件包", "年度维保", "新泵站"],
}
Said = tuple[str, str, str, str]
NOTES: dict[str, list[Said]] = {
    "en": [
        ("call", "positive", "{p} wants a price for {g}, {n} units, delivered in two lots. Budget is there until the end "
         "of the quarter.", "Send the quote"),
        ("call", "positive", "Good call with {p}. They compared us with two others and like the shorter lead time. Open "
         "point: packing.", "Send two references"),
        ("call", "neutral", "{p} was on the way into a meeting. Nothing new on {g}, asked to be called again.",
         "Call again"),
        ("call", "neutral", "Spoke with {p} about {g}. Decision waits for the new plant manager, who starts soon.",
         "Introduce ourselves to the new plant manager"),
        ("call", "refused", "{p} says no for this year: they repaired the old unit themselves. Stay in touch.",
         "Ask again after the summer stop"),
        ("call", "positive", "{p} confirmed the date for the trial of {g}. Wants our engineer on site for a day.",
         "Book the engineer"),
        ("visit", "positive", "Walked the line with {p}. Two of {n} stations leak; photographs taken. They asked for an "
         "offer with installation.", "Write up the visit and quote"),
        ("visit", "neutral", "Tour of the site with {p}. Interested in {g}, but purchasing wants three offers.",
         "Send the comparison sheet"),
        ("visit", "positive", "Lunch with {p} and the maintenance team. The service plan pleases everybody but finance.",
         "Work out the three-year price"),
        ("meeting", "positive", "Met {p} and purchasing. Agreed on {n} units of {g}, payment at 30 days. Contract goes to "
         "their lawyer.", "Chase the signed contract"),
        ("meeting", "neutral", "Review of last year's deliveries with {p}: {n} late lines, all explained. Mood is fair.",
         "Send the delivery report"),
        ("mail", "neutral", "Sent {p} the new price list and the data sheets for {g}.", "Ask whether it arrived"),
        ("mail", "positive", "{p} writes that the sample passed the test. They want terms for {n} a month.",
         "Prepare terms"),
        ("message", "positive", "{p}: “Got the quote, looks fine, talking to my boss tomorrow.”", "Ring {p} for the answer"),
        ("message", "neutral", "Asked {p} for the drawing of the flange. Waiting for it.", "Ask for the drawing again"),
        ("message", "refused", "{p} declined by message: too expensive against the local supplier.", ""),
        ("note", "", "Heard at the fair that they are building a second hall. Worth a visit.", ""),
    ],
    "es": [
        ("call", "positive", "{p} pide precio para {g}, {n} unidades en dos entregas. Tienen presupuesto hasta fin de "
         "trimestre.", "Enviar la oferta"),
        ("call", "positive", "Buena conversación con {p}. Les gusta nuestro plazo. Queda por cerrar el embalaje.",
         "Mandar dos referencias"),
        ("call", "neutral", "{p} entraba en una reunión. Sin novedades sobre {g}; pide que le llamemos otro día.",
         "Volver a llamar"),
        ("call", "neutral", "Hablado con {p} sobre {g}. Esperan al nuevo director de planta para decidir.",
         "Presentarnos al nuevo director"),
        ("call", "refused", "{p} dice que este año no: han reparado el equipo viejo. Seguimos en contacto.",
         "Preguntar después del verano"),
        ("call", "positive", "{p} confirma la fecha de la prueba de {g}. Quiere un técnico nuestro todo el día.",
         "Reservar al técnico"),
        ("visit", "positive", "Recorrido por la línea con {p}. Fugan dos de {n} estaciones; hay fotos. Piden oferta con "
         "instalación.", "Redactar el informe y la oferta"),
        ("visit", "neutral", "Visita a la planta con {p}. Les interesa {g}, pero compras exige tres ofertas.",
         "Enviar la comparativa"),
        ("visit", "positive", "Comida con {p} y mantenimiento. El plan de servicio gusta a todos menos a finanzas.",
         "Calcular el precio a tres años"),
        ("meeting", "positive", "Reunión con {p} y compras. Acordadas {n} unidades de {g}, pago a 30 días. El contrato "
         "está con su abogado.", "Reclamar el contrato firmado"),
        ("meeting", "neutral", "Repaso de las entregas del año con {p}: {n} líneas tarde, todas explicadas.",
         "Enviar el informe de entregas"),
        ("mail", "neutral", "Enviada a {p} la nueva tarifa y las fichas de {g}.", "Preguntar si ha llegado"),
        ("mail", "positive", "{p} escribe que la muestra ha pasado el ensayo. Quieren condiciones para {n} al mes.",
         "Preparar condiciones"),
        ("message", "positive", "{p}: «Recibida la oferta, la veo bien, mañana lo hablo con mi jefa».",
         "Llamar a {p} para la respuesta"),
        ("message", "neutral", "Pedido a {p} el plano de la brida. Pendiente.", "Volver a pedir el plano"),
        ("message", "refused", "{p} lo descarta por mensaje: caro frente al proveedor local.", ""),
        ("note", "", "Oído en la feria: van a construir una segunda nave. Conviene pasar a verlos.", ""),
    ],
    "zh": [
        ("call", "positive", "{p}要{g}的报价，{n}台，分两批交货，预算这个季度内有效。", "发报价单"),
        ("call", "positive", "和{p}聊得不错，对方拿我们和另外两家比，看中交期短，包装还要再谈。", "发两个案例"),
        ("call", "neutral", "{p}正要开会，{g}暂时没有新进展，让我过几天再打。", "再打电话"),
        ("call", "neutral", "和{p}谈了{g}，要等新厂长上任再定。", "约见新厂长"),
        ("call", "refused", "{p}说今年不上了，旧设备自己修好了。保持联系。", "下半年再问"),
        ("call", "positive", "{p}定了{g}的试用日期，希望我们派工程师到现场一天。", "安排工程师"),
        ("visit", "positive", "和{p}一起看了产线，{n}个站里有两个漏液，已拍照，对方要含安装的报价。", "整理拜访记录并报价"),
        ("visit", "neutral", "陪{p}参观厂区，对{g}有兴趣，但采购要三家比价。", "发对比表"),
        ("visit", "positive", "和{p}及设备部吃饭，大家都认可维保方案，只有财务还在算。", "算三年总价"),
        ("meeting", "positive", "和{p}、采购开会，定下{g}{n}台，账期30天，合同在对方法务。", "催签合同"),
        ("meeting", "neutral", "和{p}回顾去年交付，{n}条延期都解释清楚了，气氛还行。", "发交付报告"),
        ("mail", "neutral", "给{p}发了新价目表和{g}的资料。", "确认是否收到"),
        ("mail", "positive", "{p}来信说样品测试通过，想要每月{n}台的条件。", "准备合作条件"),
        ("message", "positive", "{p}微信：“报价收到了，可以，明天和领导说。”", "问{p}结果"),
        ("message", "neutral", "问{p}要法兰图纸，等回复。", "再要图纸"),
        ("message", "refused", "{p}微信回绝，说比本地供应商贵。", ""),
        ("note", "", "展会上听说他们要建二期厂房，值得去一趟。", ""),
    ],
}  # fmt: skip
