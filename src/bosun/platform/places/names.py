"""The names under which places are known: short ones, other scripts, other languages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bosun.lib import text as texts

SHORT_COUNTRIES = {
    "AE": "UAE|Emirates|阿联酋|EAU", "BA": "Bosnia", "BO": "Bolivia", "BN": "Brunei", "CD": "DR Congo|刚果金",
    "CG": "Congo|刚果布", "CI": "Ivory Coast|Côte d'Ivoire|科特迪瓦", "CZ": "Czech Republic|捷克共和国",
    "FM": "Micronesia", "GB": "UK|U.K.|Great Britain|Britain|England|英国|Inglaterra", "IR": "Iran|伊朗",
    "KP": "North Korea|朝鲜", "KR": "Korea|South Korea|Republic of Korea|韩国|Corea|Corea del Sur", "LA": "Laos",
    "LY": "Libya", "MD": "Moldova", "MK": "Macedonia|North Macedonia", "MM": "Burma|Myanmar|缅甸",
    "NL": "Holland|The Netherlands|荷兰|Holanda", "PH": "Philipines|Phillipines|菲律宾", "PS": "Palestine|巴勒斯坦",
    "RU": "Russia|Russian Federation|俄罗斯联邦|Federación Rusa", "SY": "Syria", "SZ": "Swaziland", "TL": "East Timor",
    "TR": "Turkey|Türkiye|土耳其", "TZ": "Tanzania", "US": "USA|U.S.|U.S.A.|United States of America|美国|EEUU|EE. UU.",
    "VA": "Vatican", "VE": "Venezuela", "VN": "Viet Nam|Vietnam", "CN": "PR China|P.R. China|中华人民共和国|RPC",
    "HK": "Hong Kong|香港", "MO": "Macau|Macao|澳门", "TW": "Taiwan|台湾",
}  # fmt: skip

ISO_OF_PROVINCE = {
    "11": "BJ", "12": "TJ", "13": "HE", "14": "SX", "15": "NM", "21": "LN", "22": "JL", "23": "HL", "31": "SH",
    "32": "JS", "33": "ZJ", "34": "AH", "35": "FJ", "36": "JX", "37": "SD", "41": "HA", "42": "HB", "43": "HN",
    "44": "GD", "45": "GX", "46": "HI", "50": "CQ", "51": "SC", "52": "GZ", "53": "YN", "54": "XZ", "61": "SN",
    "62": "GS", "63": "QH", "64": "NX", "65": "XJ", "71": "TW", "81": "HK", "82": "MO",
}  # fmt: skip

_LATIN = {
    "内蒙古": "Inner Mongolia", "西藏": "Tibet", "陕西": "Shaanxi", "香港": "Hong Kong", "澳门": "Macao",
    "哈尔滨": "Harbin", "齐齐哈尔": "Qiqihar", "呼和浩特": "Hohhot", "鄂尔多斯": "Ordos", "乌鲁木齐": "Urumqi",
    "拉萨": "Lhasa", "喀什": "Kashgar", "吐鲁番": "Turpan", "西安": "Xi'an", "呼伦贝尔": "Hulunbuir", "台湾": "Taiwan",
}  # fmt: skip
_FURTHER = {"内蒙古": ("内蒙",), "西藏": ("Xizang",), "内蒙古自治区": ("内蒙",)}

_ENDINGS = re.compile(
    "(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|新区|矿区|省|市|区|县|旗|盟)$"
)  # fmt: skip
_PEOPLES = """
维吾尔|壮族|回族|蒙古族|蒙古|藏族|羌族|苗族|土家族|侗族|布依族|彝族|白族|傣族|景颇族|傈僳族|哈尼族|朝鲜族|满族|哈萨克族|哈萨克
|柯尔克孜|黎族|畲族|瑶族|仫佬族|毛南族|各族|水族|仡佬族|纳西族|拉祜族|佤族|布朗族|独龙族|怒族|普米族|裕固族|保安族|东乡族
|撒拉族|土族|达斡尔族|鄂温克族|锡伯|塔吉克
""".replace("\n", "")
_AUTONOMOUS = re.compile(f"(?:{_PEOPLES})+$")
_TURNED = re.compile(r"(?:.* )?(?:de|of|The|County|Respublika|Comunidad|autonomă|din|město)(?: \(.*\))?")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")


def short_chinese(name: str) -> str:
    """A Chinese place without the word for what it is: 广东省 → 广东, 延边朝鲜族自治州 → 延边, 沧县 stays."""
    short = _ENDINGS.sub("", name)
    if "自治" in name:
        bare = _AUTONOMOUS.sub("", short)
        short = bare if len(bare) > 1 else short
    return short if len(short) > 1 else name


def latin_of(name: str) -> str:
    """How a Chinese place is written in Latin letters: Shenzhen, Inner Mongolia."""
    short = short_chinese(name)
    known = _LATIN.get(short)
    return known or texts.pinyin(short)[0].replace(" ", "").capitalize()


def of_chinese(name: str) -> list[str]:
    """All names of a Chinese place."""
    short = short_chinese(name)
    return distinct([name, short, latin_of(name), *_FURTHER.get(short, ())])


def tidy(name: str) -> str:
    """A name of ISO 3166-2 as one writes it: “Madrid, Comunidad de” → “Comunidad de Madrid”."""
    first, comma, second = name.partition(", ")
    if comma and _TURNED.fullmatch(second):
        return f"{_BRACKETS.sub('', second)} {first}"
    return _BRACKETS.sub("", name).strip() or name


def of_subdivision(name: str) -> list[str]:
    """All names of a part of a country."""
    first, _comma, second = name.partition(", ")
    plain = [tidy(name), _BRACKETS.sub("", name).strip()]
    if second and _TURNED.fullmatch(second):
        plain.append(first)
    return distinct([*plain, *(part.strip() for part in _BRACKETS.sub("", name).split(" / "))])


def distinct(names: Iterable[str]) -> list[str]:
    """Names without repetition, in their order, as long as the column is wide."""
    return list(dict.fromkeys(name[:60] for name in names if name))
