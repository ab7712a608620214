"""Releases of the reference data and the figures that pages show."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from ddplatform.risk.atlas.queries import context as reference_context
from ddplatform.risk.atlas.queries.context import context_sets, list_context
from ddplatform.risk.reference import services as reference
from ddplatform.risk.reference.models import ContextValue
from ddplatform.risk.reference.queries import releases as queries
from ddplatform.risk.runs.models import AssessmentRun, IndicatorValue, ReferenceRelease
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.reference.release import DATA, load_reference
from tests.conftest import NOW
from tests.factories import Tenant, make_tenant
from tests.risk_maps import assess, make_cocoa_map


@pytest.fixture
def release(context: Flask, reference_data: None) -> ReferenceRelease:
    return queries.get_newest_release()


def test_the_first_sync_installs_every_figure_of_the_shipped_data(
    release: ReferenceRelease,
) -> None:
    shipped = load_reference()
    countries = sum(len(rows) for rows in shipped.observations.values())
    stored = db.session.scalar(
        select(func.count())
        .select_from(IndicatorValue)
        .where(IndicatorValue.commodity_ref.is_(None))
    )
    assert (release.number, release.name) == (1, shipped.release)
    assert stored == countries > 1000


def test_syncing_the_same_data_again_changes_nothing(release: ReferenceRelease) -> None:
    figures = db.session.scalar(select(func.count()).select_from(IndicatorValue))
    with unit_of_work():
        again = reference.sync(NOW)
    assert again.id == release.id
    assert db.session.scalar(select(func.count()).select_from(IndicatorValue)) == figures
    assert db.session.scalar(select(func.count()).select_from(ReferenceRelease)) == 1


def test_a_new_release_asks_for_a_new_assessment_of_every_map_of_every_organisation(
    context: Flask, other_tenant: Tenant
) -> None:
    third = make_tenant("third", at=NOW)
    for one in (third, other_tenant):
        with unit_of_work(), acting_in(one.id):
            db.session.add(ValueChain(name="Cocoa", slug="cocoa", created_at=NOW))
    with unit_of_work():
        reference.sync(NOW)
    asked = db.session.scalars(select(Job).where(Job.name == "risk:assess")).all()
    assert {job.organisation_id for job in asked} == {third.id, other_tenant.id}
    assert {job.payload["cause"] for job in asked} == {"release"}


def test_an_installation_stands_in_the_log_of_the_installation(release: ReferenceRelease) -> None:
    with across_tenants():
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "reference:install")
        ).all()
    assert [event.target_id for event in events] == [str(release.id)]


def test_the_first_assessment_of_a_new_installation_installs_its_figures(context: Flask) -> None:
    """No operator has installed any: the map is scored all the same."""
    first = make_tenant("first", at=NOW)
    cocoa = make_cocoa_map(first)

    run = assess(first, cocoa.chain)

    with across_tenants():
        events = db.session.scalars(
            select(AuditEvent.target_id).where(AuditEvent.action == "reference:install")
        ).all()
        assessed = db.session.get_one(AssessmentRun, run)
    assert events == [str(queries.get_newest_release().id)]
    assert assessed.release_id == queries.get_newest_release().id


def test_every_set_keeps_its_terms_and_its_gaps(release: ReferenceRelease) -> None:
    sets = queries.data_sets(release)
    assert {one.ref for one in sets} == set(load_reference().indicators)
    assert all(one.publisher and one.licence and one.attribution and one.gaps for one in sets)


def test_factors_that_nothing_feeds_are_named(release: ReferenceRelease) -> None:
    assert "CTY-15" in queries.factors_without_data(release)
    assert "CTY-13" not in queries.factors_without_data(release)


def test_a_country_shows_every_factor_and_says_which_have_no_figure(
    release: ReferenceRelease,
) -> None:
    lines = {line.factor: line for line in queries.list_country_factors(release, "CI")}
    assert tuple(lines) == queries.COUNTRY_FACTORS
    rule_of_law = lines["CTY-07"].figure
    assert rule_of_law is not None
    assert rule_of_law.raw is not None
    assert rule_of_law.value == pytest.approx((rule_of_law.raw - 1.5) / -3)
    assert lines["CTY-15"].figure is None


def test_a_listed_pair_has_both_of_its_figures(release: ReferenceRelease) -> None:
    ref = next(c.ref for c in load_reference().commodities.values() if "Cocoa" in c.goods)
    figures = {f.factor: f for f in queries.list_pair_figures(release.id, ref, "CI")}
    assert figures["SEC-02"].value == 1.0
    assert figures["SEC-01"].value == pytest.approx(0.9)


def test_an_unlisted_pair_has_only_the_rate_of_its_activity(release: ReferenceRelease) -> None:
    ref = next(c.ref for c in load_reference().commodities.values() if "Cocoa" in c.goods)
    assert [f.factor for f in queries.list_pair_figures(release.id, ref, "CH")] == ["SEC-01"]


def test_asking_for_the_release_before_any_is_installed_says_what_to_do(context: Flask) -> None:
    assert queries.find_newest_release() is None
    with pytest.raises(NotFound, match="No reference data") as refused:
        queries.get_newest_release()
    assert "flask reference sync" in refused.value.advice


def test_releases_are_listed_newest_first(release: ReferenceRelease) -> None:
    assert [one.number for one in queries.list_releases()] == [release.number]


def test_the_checksum_follows_figures_and_no_words_that_only_help_to_read_lists(
    release: ReferenceRelease, tmp_path: Path
) -> None:
    assert release.checksum == reference.checksum_of(DATA)
    assert len(release.checksum) == 64
    copy = shutil.copytree(DATA, tmp_path / "data")
    for name in reference.WORDS:
        (copy / name).write_bytes(b"other words")
    assert reference.checksum_of(copy) == release.checksum
    (copy / "goods_by_country.csv").write_bytes(b"other goods")
    assert reference.checksum_of(copy) != release.checksum


def test_the_command_tells_whether_it_installed_anything(app: Flask) -> None:
    runner = app.test_cli_runner()
    first = json.loads(runner.invoke(args=["reference", "sync", "--json"]).output)
    again = json.loads(runner.invoke(args=["reference", "sync", "--json"]).output)
    assert (first["number"], first["installed"]) == (1, True)
    assert (again["number"], again["installed"]) == (1, False)
    assert "was installed already" in runner.invoke(args=["reference", "sync"]).output


def test_what_is_told_beside_the_scores_is_installed_whole_and_kept_apart(
    release: ReferenceRelease,
) -> None:
    shipped = load_reference()
    stored = db.session.scalar(select(func.count()).select_from(ContextValue))
    assert stored == sum(len(rows) for rows in shipped.context.values()) > 5000
    assert [one.ref for one in context_sets(release)] == list(shipped.context_indicators)
    assert not {one.ref for one in context_sets(release)} & {
        one.ref for one in queries.data_sets(release)
    }


def test_the_context_of_a_country_stands_by_theme_beside_other_countries(
    release: ReferenceRelease,
) -> None:
    context = dict(list_context(release, "CI"))
    hosted = next(
        line for line in context["Displacement"] if line.data_set.ref == "unhcr_refugees_hosted"
    )
    assert (hosted.value, hosted.year) == (74630, 2025)
    place = hosted.standing
    assert place.worse_than is not None
    assert 0 < place.worse_than < 1
    assert 1 < place.place < place.of == 192
    assert hosted.trend is not None and hosted.trend.points[-1].value == 74630
    assert list_context(release, "XX") == []


def test_a_set_in_which_no_country_has_a_figure_is_left_out(
    release: ReferenceRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = replace(context_sets(release)[0], ref="nobody_has_it")
    monkeypatch.setattr(reference_context, "context_sets", lambda _: (empty,))
    shown = [line.data_set.ref for _, lines in list_context(release, "CI") for line in lines]
    assert shown
    assert "nobody_has_it" not in shown
