"""The tree of places: known under every name, nearest to the root where several share one."""

import json
from pathlib import Path

import pytest

from bosun.kernel import records, registry
from bosun.kernel.actor import system_actor
from bosun.kernel.errors import Invalid
from bosun.platform.places import names, seed
from bosun.platform.places.models import Place
from bosun.platform.search.models import Document
from tests.kernel.world import SYSTEM, World


def meant(raw: str) -> Place:
    """The place that a file or a person means by a name."""
    found: Place = Place.objects.get(pk=records.environment(system_actor()).refs.resolve(Place, raw))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("广东", "440000"), ("广东省", "440000"), ("Guangdong", "440000"),
        ("CN-GD", "440000"), ("Guangdong Sheng", "440000"), ("深圳", "440300"), ("深圳市", "440300"),
        ("Shenzhen", "440300"), ("北京", "110000"), ("北京市", "110000"), ("内蒙", "150000"), ("内蒙古", "150000"),
        ("Inner Mongolia", "150000"), ("广西", "450000"), ("新疆", "650000"), ("西藏", "540000"), ("海南", "460000"),
        ("吉林", "220000"), ("延边", "222400"), ("恩施", "422800"), ("西双版纳", "532800"),
        ("China", "CN"), ("中国", "CN"), ("CHN", "CN"), ("CN", "CN"), ("Korea", "KR"), ("South Korea", "KR"),
        ("韩国", "KR"), ("Corea del Sur", "KR"), ("USA", "US"), ("United States", "US"), ("Estados Unidos", "US"),
        ("UK", "GB"), ("英国", "GB"), ("Philipines", "PH"), ("Alemania", "DE"), ("Jordan", "JO"), ("Georgia", "GE"),
        ("California", "US-CA"), ("Comunidad de Madrid", "ES-MD"), ("Madrid", "ES-MD"), ("Catalunya", "ES-CT"),
    ],
)  # fmt: skip
def test_a_place_is_known_under_all_its_names(raw: str, code: str) -> None:
    assert meant(raw).code == code


@pytest.mark.django_db
def test_a_city_lies_under_its_province_and_country() -> None:
    shenzhen, guangdong, china = (Place.objects.get(code=code) for code in ("440300", "440000", "CN"))
    assert china.path == f"/{china.pk}/"
    assert guangdong.path == f"{china.path}{guangdong.pk}/"
    assert shenzhen.path == f"{guangdong.path}{shenzhen.pk}/"
    assert [shenzhen.level, guangdong.level, china.level] == ["city", "province", "country"]
    assert not Place.objects.filter(path="/").exists()


def test_a_region_holds_what_lies_in_its_cities(world: World) -> None:
    for name, region in (("One", "深圳"), ("Two", "广东"), ("Three", "北京"), ("Four", "China")):
        world.customer("ann", name=name, region=region)
    within = {"field": "region", "op": "within", "value": ["广东"]}
    rows = records.query("customers", world.actor("ann")).filter(within).sort(["name"]).page().items
    assert [row.name for row in rows] == ["One", "Two"]


def test_a_name_is_shown_in_the_language_of_the_reader(world: World) -> None:
    env = records.environment(world.actor("ann"))
    kind = registry.get("customers").specs()["region"].kind
    shenzhen = Place.objects.get(code="440300").pk
    assert kind.text(shenzhen, env) == "Shenzhen"
    records.change("users", world.people["ann"], {"language": "zh-hans"}, SYSTEM)
    env = records.environment(world.actor("ann"))
    assert kind.text(shenzhen, env) == "深圳市"
    assert kind.text(Place.objects.get(code="DE").pk, env) == "德国"
    found = records.query("places", world.actor("ann")).search("shenzh").page().items
    assert [place.code for place in found] == ["440300"]


@pytest.mark.django_db
def test_all_places_are_added_once() -> None:
    before = Place.objects.count()
    records.remove_one("places", Place.objects.get(code="AQ").pk, SYSTEM)
    added = seed.load()
    assert Place.objects.count() == before + added
    assert added > 7000
    assert seed.load() == 0
    assert not Place.objects.filter(path="/").exists()
    assert not Place.objects.filter(code="AQ", deleted_at__isnull=True).exists()
    assert Document.objects.filter(entity="places").count() == before + added - 1
    assert meant("福田").code == "440304"
    assert meant("朝阳区").parent.code == "110000"
    assert meant("天门").parent.code == "420000"
    for shared in ("鼓楼区", "朝阳"):
        with pytest.raises(Invalid, match="Several"):
            meant(shared)


@pytest.mark.django_db
def test_what_newer_data_bring_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in seed.FILES:
        rows = json.loads((seed.DATA / name).read_text(encoding="utf-8"))
        if name == "countries.json":
            rows.append({"code": "XA", "alpha3": "XAA", "numeric": "999", "name": "Atlantis"})
        if name == "subdivisions.json":
            rows.append({"code": "XA-1", "name": "Poseidonis, Respublika", "parent": "XA"})
        (tmp_path / name).write_text(json.dumps(rows), encoding="utf-8")
    monkeypatch.setattr(seed, "DATA", tmp_path)
    monkeypatch.setattr(seed, "FEW", {*seed.FEW, "XA"})
    assert seed.load(few=True) == 2
    assert meant("Poseidonis").path == f"{meant('Atlantis').path}{meant('XA-1').pk}/"


@pytest.mark.django_db
def test_without_data_nothing_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = Place.objects.count()
    monkeypatch.setattr(seed, "DATA", tmp_path)
    seed.seed()
    assert Place.objects.count() == before
    assert "make parts" in caplog.text


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("沧县", "沧县"), ("城区", "城区"), ("延边朝鲜族自治州", "延边"), ("土家族苗族自治县", "土家族苗族"),
        ("克孜勒苏柯尔克孜自治州", "克孜勒苏"), ("香港特别行政区", "香港"),
        ("兴安盟", "兴安"), ("鄂伦春自治旗", "鄂伦春"),
    ],
)  # fmt: skip
def test_a_short_name_leaves_the_word_for_what_it_is_away(name: str, short: str) -> None:
    assert names.short_chinese(name) == short


def test_names_of_the_standard_are_written_as_one_writes_them() -> None:
    assert names.tidy("Madrid, Comunidad de") == "Comunidad de Madrid"
    assert names.tidy("Bristol, City of") == "City of Bristol"
    assert names.tidy("Bournemouth, Christchurch and Poole") == "Bournemouth, Christchurch and Poole"
    assert names.of_subdivision("Bolama / Bijagós") == ["Bolama / Bijagós", "Bolama", "Bijagós"]
