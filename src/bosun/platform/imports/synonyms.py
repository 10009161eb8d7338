"""Headers as people write them, for fields of any entity by kind or name; an entity adds its own in `extras`.

`Entity(extras={"also_called": {"industry": "sector | line of business | 行业"}})`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.utils import translation

from bosun.kernel.entity import Entity
from bosun.kernel.specs import FieldSpec
from bosun.lib import text as texts
from bosun.platform.exports import version

BY_NAME = {
    "external_id": "id | code | number | no | nr | key | reference | ref | external id | record id | 编号 | 编码 "
    "| 代码 | 序号 | código | codigo | número | clave | referencia",
    "name": "name | full name | title | 名称 | 姓名 | 名字 | nombre | nombre completo | razón social",
    "owner": "owner | responsible | account manager | sales agent | sales rep | salesperson | 负责人 | 业务员 | 销售 "
    "| responsable | comercial | propietario",
    "address": "address | street | 地址 | 详细地址 | dirección | domicilio",
    "tags": "tags | labels | keywords | 标签 | etiquetas",
    "department": "department | team | 部门 | departamento | equipo",
    "note": "note | notes | remark | remarks | comment | comments | description | 备注 | 说明 | nota | notas "
    "| observaciones | comentario",
    "subject": "subject | topic | 主题 | asunto",
    "at": "date | when | time | 日期 | 时间 | fecha",
    "person": "by | person | agent | user | 人员 | 跟进人 | persona | agente",
    "type": "type | kind | channel | 类型 | 方式 | tipo | canal",
    "result": "result | outcome | 结果 | resultado",
    "parent": "parent | part of | subsidiary of | parent company | belongs to | 上级 | 母公司 | 总部 "
    "| matriz | filial de",
    "region": "region | area | province | city | location | country | state | office location | 地区 | 省份 | 城市 "
    "| 区域 | 国家 | región | provincia | ciudad | país",
    "birthday": "birthday | date of birth | born | 生日 | 出生日期 | cumpleaños | fecha de nacimiento",
    "title": "job title | position | 职位 | 职务 | cargo | puesto",
}
BY_KIND = {
    "phones": "phone | phones | tel | telephone | mobile | cell | phone number | mobile phone | work phone | fax "
    "| 电话 | 手机 | 手机号 | 联系电话 | 座机 | 固话 | teléfono | móvil | celular",
    "email": "e-mail | email | mail | e-mail address | email address | 邮箱 | 电子邮件 | 邮件 "
    "| correo | correo electrónico",
    "url": "web | website | web site | homepage | url | site | 网址 | 网站 | 官网 | sitio web | página web | web",
}


def plain(header: str) -> str:
    """A header as headers are compared: folded, and without signs between the words."""
    return " ".join("".join(char if char.isalnum() else " " for char in texts.fold(header)).split())


def split(words: str) -> Iterator[str]:
    """Single names out of a list with bars."""
    return (plain(word) for word in words.split("|") if word.strip())


def version_names() -> set[str]:
    """The headers that our exports give to the version of a record."""
    found = {plain(version.NAME)}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(plain(str(version.SPEC.label)))
    return found


def names_of(entity: Entity, spec: FieldSpec) -> dict[str, int]:
    """Every name under which a header may mean this field, the surest with the highest figure."""
    found: dict[str, int] = {plain(spec.name): 95}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[plain(str(spec.label))] = 100
            if spec.title:
                for label in (entity.label, entity.plural):
                    found.setdefault(plain(label), 90)
                    found.setdefault(plain(f"{label} {spec.label}"), 90)
    own: Mapping[str, str] = entity.extras.get("also_called", {})
    for words, sure in (
        (own.get(spec.name, ""), 90),
        (BY_NAME.get(spec.name, ""), 70),
        (BY_KIND.get(spec.kind.key, ""), 80),
    ):
        for word in split(words):
            found.setdefault(word, sure)
    if spec.title:
        for word in split(BY_NAME["name"]):
            found.setdefault(word, 75)
    found.pop("", None)
    return found
