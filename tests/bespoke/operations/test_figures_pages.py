"""The operator's figures and alerts, on pages."""

from typing import Any

import pytest

from comptoir.bespoke.models import AlertRule, Expert
from tests.bespoke.desk_driver import at, expert, paid
from tests.cast import person
from tests.marketplace.pages import seen, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def emile() -> Expert:
    return expert(person("Émile"), "Émile Roux")


@pytest.mark.req("L18")
def test_the_figures_are_drawn_with_a_table_beside_them(
    emile: Expert, paul: Any, odile: Any, django_assert_max_num_queries: Any
) -> None:
    paid(emile, paul)
    page = at(odile).get("/desk/figures?lang=en").text
    assert "<title>Paid: 1</title>" in page
    text = seen(at(odile), "/desk/figures?lang=en")
    for words in ("Open orders", "Émile Roux", "Waiting for validation", "What became of them"):
        assert words in text
    desk = at(odile)
    desk.get("/desk/figures")
    with django_assert_max_num_queries(16):
        desk.get("/desk/figures")


@pytest.mark.req("L18")
def test_an_operator_sets_changes_and_throws_away_an_alert(emile: Expert, paul: Any, odile: Any) -> None:
    desk, rule = at(odile), {"measure": "unclaimed_orders", "threshold": "1", "is_active": "on"}
    paid(emile, paul)
    nobody = desk.post("/desk/alerts?lang=en", {**rule, "threshold": "7"})
    assert nobody.status_code == 422
    assert "Say who is told" in shown(nobody)
    assert 'value="7"' in nobody.text
    wrong = desk.post("/desk/alerts?lang=en", {**rule, "threshold": "0", "mail_to": odile.email})
    assert (wrong.status_code, "Give a number from 1 on." in shown(wrong)) == (422, True)
    assert desk.post("/desk/alerts", {**rule, "mail_to": odile.email}).status_code == 303
    kept = AlertRule.objects.get()
    assert "from 1 on" in seen(desk, "/desk/alerts?lang=en")
    off = {**rule, "threshold": "3", "webhook_url": "https://chat.example.test/hook", "is_active": ""}
    desk.post(f"/desk/alerts/{kept.pk}", off)
    kept.refresh_from_db()
    assert (kept.threshold, kept.is_active, kept.mail_to) == (3, False, "")
    assert "Off" in seen(desk, "/desk/alerts?lang=en")
    desk.post(f"/desk/alerts/{kept.pk}/delete")
    assert not AlertRule.objects.exists()
    assert desk.get(f"/desk/alerts/{kept.pk}").status_code == 404


@pytest.mark.req("L18")
def test_figures_and_alerts_are_the_operators(emile: Expert, paul: Any, odile: Any) -> None:
    rule = AlertRule.objects.create(measure="dead_jobs", threshold=1, mail_to=odile.email)
    for user in (emile.user, paul):
        for path in ("/desk/figures", "/desk/alerts", f"/desk/alerts/{rule.pk}"):
            assert at(user).get(path).status_code == 403
        assert at(user).post(f"/desk/alerts/{rule.pk}/delete").status_code == 403
    assert AlertRule.objects.filter(pk=rule.pk).exists()
