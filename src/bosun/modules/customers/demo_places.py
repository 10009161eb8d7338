"""Where the customers of the demo are: code of the place, name on letters, how telephone numbers begin, domain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class City:
    """One city. Numbers come from ranges kept for stories, where the country keeps any."""

    code: str
    name: str
    dial: str
    digits: int


CITIES: dict[str, list[City]] = {
    "GB": [
        City("GB-LND", "London", "+44207946", 4),
        City("GB-MAN", "Manchester", "+44161496", 4),
        City("GB-LDS", "Leeds", "+44113496", 4),
        City("GB-BIR", "Birmingham", "+44121496", 4),
        City("GB-GLG", "Glasgow", "+44141496", 4),
        City("GB-LIV", "Liverpool", "+44151496", 4),
        City("GB-BST", "Bristol", "+44117496", 4),
    ],
    "DE": [City("DE-HH", "Hamburg", "+49404140", 4), City("DE-BY", "München", "+49891234", 4)],
    "ES": [
        City("ES-M", "Madrid", "+34910555", 3),
        City("ES-B", "Barcelona", "+34930555", 3),
        City("ES-V", "Valencia", "+34960555", 3),
        City("ES-SE", "Sevilla", "+34954555", 3),
        City("ES-BI", "Bilbao", "+34944555", 3),
        City("ES-Z", "Zaragoza", "+34976555", 3),
    ],
    "PT": [City("PT-11", "Lisboa", "+351210555", 3)],
    "CN": [
        City("310000", "上海", "+86215555", 4),
        City("110000", "北京", "+86105555", 4),
        City("440300", "深圳", "+867555555", 4),
        City("440100", "广州", "+86205555", 4),
        City("330100", "杭州", "+865715555", 4),
        City("320500", "苏州", "+865125555", 4),
        City("370200", "青岛", "+865325555", 4),
        City("510100", "成都", "+86285555", 4),
        City("330200", "宁波", "+865745555", 4),
    ],
}
LANGUAGE = {"GB": "en", "DE": "en", "ES": "es", "PT": "es", "CN": "zh"}
CURRENCY = {"GB": "GBP", "DE": "EUR", "ES": "EUR", "PT": "EUR", "CN": "CNY"}
