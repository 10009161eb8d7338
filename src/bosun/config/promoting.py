"""Writing an invented object as a module: its models, its declaration, and the migration that moves its records.

The key and the names of its fields stay as they are, so that addresses, rights, views, history and files stay valid.
What has no counterpart in code (formulas, roll-ups, sealed fields, references to invented objects) stays invented.
"""

from __future__ import annotations

import keyword
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bosun.config.failure import Failure
from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.kernel.specs import FieldSpec
from bosun.platform.customize import kindlist
from bosun.platform.customize.models import CustomField, CustomObject
from bosun.platform.customize.objects import Invented, leads
from bosun.platform.options import lists

PLAIN = {
    "longtext": "LongText", "money": "Money", "date": "Date", "datetime": "Moment", "tags": "Tags", "phones": "Phones",
    "email": "Email", "url": "Url", "boolean": "Flag",
}  # fmt: skip
ALWAYS_OPTIONAL = frozenset(("tags", "phones", "multichoice", "boolean"))


@dataclass
class Promotion:
    """One object on its way into code."""

    row: Any
    module: str
    fields: list[Any]

    @property
    def entity(self) -> Entity:
        """The entity as it is invented."""
        return registry.get(self.row.key)

    @property
    def model(self) -> str:
        """The name of the class."""
        plain = "".join(part.title() for part in re.findall(r"[a-z0-9]+", self.row.name.lower()))
        return plain if plain[:1].isalpha() else self.row.key.removeprefix("x_").title().replace("_", "")

    @property
    def constant(self) -> str:
        """The name of the declaration."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.model).upper()


def prepare(key: str, module: str) -> Promotion:
    """The object and the fields that can be written as code; Failure where there is no such object."""
    row = CustomObject.objects.filter(key=key, deleted_at__isnull=True).first()
    if row is None or not isinstance(registry.find(key), Invented):
        known = ", ".join(each.key for each in registry.all_entities() if isinstance(each, Invented)) or "none"
        raise Failure(f"There is no invented object {key!r}. There are: {known}.")
    name = module or key.removeprefix("x_")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise Failure(f"{name!r} cannot be the name of a module.")
    rows = CustomField.objects.filter(entity=key, deleted_at__isnull=True).order_by("position", "pk")
    return Promotion(row, name, [each for each in rows if has_counterpart(each)])


def has_counterpart(field: Any) -> bool:
    """True for a field that can be a column."""
    if field.kind == "ref":
        return not isinstance(registry.find(str((field.settings or {}).get("target"))), Invented)
    return field.kind in kindlist.MAKERS


# the files -------------------------------------------------------------------------------------------------------


def files(made: Promotion) -> dict[str, str]:
    """The files of the module besides its migrations, by name."""
    return {
        "__init__.py": f'"""{_said(made.row.plural)}, grown out of an invented object."""\n',
        "apps.py": _apps(made),
        "models.py": _models(made),
        "entity.py": _entity(made),
        "migrations/__init__.py": "",
    }


def _said(text: str) -> str:
    return text.replace("\\", "").replace('"', "'")


def _apps(made: Promotion) -> str:
    name = made.module.title().replace("_", "")
    return f'''"""{_said(made.row.plural)} as a Django app."""

from bosun.kernel.apps import BosunApp


class {name}Config(BosunApp):
    """{_said(made.row.plural)}."""

    name = "bosun.modules.{made.module}"
'''


def _models(made: Promotion) -> str:
    title = made.row.title_label or "Name"
    lines = [f'    name = fields.Text(_("{_said(title)}"), 200, title=True)']
    lines += [f"    {field.name} = {_column(made, field)}" for field in made.fields]
    body = "\n".join(lines)
    return f'''"""{_said(made.row.plural)} as they are stored."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel import fields
from bosun.kernel.models import Record


class {made.model}(Record):
    """{_said(made.row.name)}."""

{body}

    class Meta(Record.Meta):
        verbose_name = _("{_said(made.row.name)}")
        verbose_name_plural = _("{_said(made.row.plural)}")
'''


def _column(made: Promotion, field: Any) -> str:
    settings: Mapping[str, Any] = field.settings or {}
    label = f'_("{_said(field.label)}")'
    said = [f'help=_("{_said(field.help)}")'] if field.help else []
    missing = made.entity.model._default_manager.exclude(custom__has_key=field.name).exists()
    if field.kind not in ALWAYS_OPTIONAL and (missing or not field.required):
        said.append("optional=True")
    if field.unique:
        said.append("unique=True")
    if field.kind == "text":
        return f"fields.Text({', '.join([label, str(settings.get('length', 200)), *said])})"
    if field.kind == "number":
        digits = [f"digits={settings['digits']}"] if settings.get("digits") else []
        return f"fields.Number({', '.join([label, *digits, *said])})"
    if field.kind in ("choice", "multichoice"):
        name = "Choice" if field.kind == "choice" else "MultiChoice"
        return f"fields.{name}({', '.join([repr(settings['options']).replace(chr(39), chr(34)), label, *said])})"
    if field.kind == "ref":
        target = registry.get(settings["target"]).model._meta.label
        return f"fields.Ref({', '.join([chr(34) + target + chr(34), label, 'removal=fields.CLEAR', *said])})"
    return f"fields.{PLAIN[field.kind]}({', '.join([label, *said])})"


def _entity(made: Promotion) -> str:
    names = ["name", *(field.name for field in made.fields)]
    half = (len(names) + 2) // 2
    form = f"{' '.join(names[:half])} | {' '.join([*names[half:], 'owner'])}"
    worded = [field.name for field in made.fields if field.kind in ("text", "email", "phones", "tags")]
    specs: Mapping[str, FieldSpec] = made.entity.specs()
    path = next((field.name for field in made.fields if field.kind == "ref" and leads(specs[field.name])), "")
    own = {str((f.settings or {}).get("options")): f for f in made.fields if f.kind in ("choice", "multichoice")}
    declared = [
        f'lists.declare("{key}", _("{_said(field.label)}"), [])\n'
        for key, field in own.items()
        if key not in lists.declared
    ]
    more = f'    customer_path="{path}",\n' if path else ""
    imports = "from django.utils.translation import gettext_lazy as _\n\n" if declared else ""
    options = "from bosun.platform.options import lists\n" if declared else ""
    return f'''"""{_said(made.row.plural)} as declared."""

from __future__ import annotations

{imports}from bosun.kernel.entity import Entity, Section
from bosun.kernel.verbs import Transfer
from bosun.modules.{made.module}.models import {made.model}
{options}
{"".join(declared)}
{made.constant} = Entity(
    {made.model},
    key="{made.row.key}",
    icon="{made.row.icon or "box"}",
    columns="{" ".join([*names[:6], "owner"])}",
    form=[Section("", "{form}")],
    search="{" ".join(["name", *worded])}",
    sort="name",
    verbs=[Transfer()],
{more})
'''


def move(made: Promotion, after: str, latest: Mapping[str, str]) -> str:
    """The migration that moves the records and ends what was invented."""
    kinds = {field.name: field.kind for field in made.fields}
    needed = [
        f'        ("{made.module}", "{after}"),',
        *(f'        ("{app}", "{name}"),' for app, name in latest.items()),
    ]
    return MOVE.format(
        needed="\n".join(needed), key=made.row.key, module=made.module, model=made.model, kinds=repr(kinds)
    )


MOVE = '''"""Moves the records of an invented object into the table of its module; ids, history and rights stay."""

from datetime import date, datetime

from django.core.management.color import no_style
from django.db import migrations
from django.db.models import F

KEY = "{key}"
KINDS = {kinds}
BASE = (
    "id", "external_id", "owner_id", "department_id", "created_at", "created_by_id", "updated_at", "updated_by_id",
    "version", "deleted_at", "removal_id", "name", "name_sort",
)
CHUNK = 500


def columns(name, held):
    kind = KINDS[name]
    if kind == "money":
        minor, currency, base = [*held, None][:3]
        return {{f"{{name}}_minor": minor, f"{{name}}_currency": currency, f"{{name}}_base": base}}
    if kind == "date":
        return {{name: date.fromisoformat(held)}}
    if kind == "datetime":
        return {{name: datetime.fromisoformat(held)}}
    return {{f"{{name}}_id" if kind == "ref" else name: held}}


def move(apps, editor):
    old, new = apps.get_model("kernel", "CustomRecord"), apps.get_model("{module}", "{model}")
    last = 0
    while True:
        rows = list(old.objects.filter(object_key=KEY, pk__gt=last).order_by("pk")[:CHUNK])
        made = []
        for row in rows:
            values = {{column: getattr(row, column) for column in BASE}}
            for name, held in row.custom.items():
                if name in KINDS:
                    values.update(columns(name, held))
            values["custom"] = {{name: held for name, held in row.custom.items() if name not in KINDS}}
            made.append(new(**values))
        new.objects.bulk_create(made)
        if not rows:
            break
        last = rows[-1].pk
    old.objects.filter(object_key=KEY).delete()
    apps.get_model("customize", "CustomField").objects.filter(entity=KEY, name__in=list(KINDS)).delete()
    apps.get_model("customize", "CustomObject").objects.filter(key=KEY).delete()
    apps.get_model("kernel", "Stamp").objects.filter(key__in=("customize", "access")).update(value=F("value") + 1)
    with editor.connection.cursor() as cursor:
        for statement in editor.connection.ops.sequence_reset_sql(no_style(), [new]):
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
{needed}
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
'''


# writing ---------------------------------------------------------------------------------------------------------


def write(made: Promotion, folder: Path) -> list[Path]:
    """Write the module; the migration that makes its tables is made by Django itself, in a process that knows it."""
    if folder.exists():
        raise Failure(f"{folder} is there already.")
    for name, text in files(made).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    make_migrations(made.module)
    after = max(path.stem for path in (folder / "migrations").glob("0*.py"))
    text = move(made, after, {app: newest(app) for app in ("kernel", "customize")})
    (folder / "migrations" / f"{int(after[:4]) + 1:04d}_move.py").write_text(text, "utf-8")
    return sorted(folder.rglob("*.py"))


def newest(app: str) -> str:
    """The last migration of an app."""
    floor = "" if app == "kernel" else "platform/"
    here = Path(__file__).resolve().parents[1] / floor / app / "migrations"
    return max(path.stem for path in here.glob("0*.py"))


def make_migrations(module: str) -> None:
    """Run makemigrations with the module installed, as it will be."""
    with tempfile.TemporaryDirectory() as shelf:
        said = f"from bosun.config.settings import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'bosun.modules.{module}']\n"
        (Path(shelf) / "promoted_settings.py").write_text(said, "utf-8")
        paths = os.pathsep.join([shelf, *(part for part in sys.path if part)])
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "promoted_settings", "PYTHONPATH": paths}
        command = [sys.executable, "-m", "django", "makemigrations", module]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "makemigrations failed.")
