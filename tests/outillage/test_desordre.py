"""The suite shuffles what has no order, and only that."""

import pytest
from django.db.models import Count

from collectivites.models import Collectivite

SLUGS = [f"ville-{n:02}" for n in range(30)]


@pytest.fixture
def villes(db: None) -> None:
    Collectivite.objects.bulk_create(Collectivite(slug=slug, nom=slug) for slug in SLUGS)


@pytest.mark.usefixtures("villes")
def test_without_an_order_rows_come_in_any_order() -> None:
    orders = {tuple(Collectivite.objects.values_list("slug", flat=True)) for _ in range(3)}
    assert len(orders) > 1
    assert all(sorted(order) == SLUGS for order in orders)


@pytest.mark.usefixtures("villes")
def test_a_given_order_counts_groups_and_sub_queries_are_left_alone() -> None:
    assert list(Collectivite.objects.order_by("slug").values_list("slug", flat=True)) == SLUGS
    assert Collectivite.objects.count() == 30
    assert Collectivite.objects.exists()
    assert list(Collectivite.objects.values("nature").annotate(n=Count("id")).values_list("n", flat=True)) == [30]
    assert Collectivite.objects.filter(id__in=Collectivite.objects.values("id")).count() == 30
    assert (
        Collectivite.objects.filter(slug__in=SLUGS[:2]).union(Collectivite.objects.filter(slug=SLUGS[2])).count() == 3
    )
    assert Collectivite.objects.filter(slug=SLUGS[0]).update(nom="Ailleurs") == 1
