"""The attempts of another town: read, write, move, follow a key. Each leaked in a scoping library we measured."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from citoyens.models import NoteUsager, Usager
from collectivites.cloison import CollectiviteNonDefinie, collectivite_active, get_active_id
from collectivites.models import Collectivite, Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns() -> tuple[Collectivite, Collectivite]:
    return (
        Collectivite.objects.create(slug="ici", nom="Ici"),
        Collectivite.objects.create(slug="ailleurs", nom="Ailleurs"),
    )


@pytest.fixture
def stranger(towns: tuple[Collectivite, Collectivite]) -> Usager:
    """A usager of the other town."""
    with collectivite_active(towns[1].pk):
        return Usager.objects.create(nom="Voisin", created_at=timezone.now())


@pytest.fixture
def here(towns: tuple[Collectivite, Collectivite], stranger: Usager) -> Iterator[Collectivite]:
    with collectivite_active(towns[0].pk):
        yield towns[0]


def test_without_a_town_reading_is_an_error_not_an_empty_answer() -> None:
    with pytest.raises(CollectiviteNonDefinie), transaction.atomic():
        Usager.objects.count()


def test_without_a_town_raw_sql_is_an_error_too() -> None:
    with pytest.raises(CollectiviteNonDefinie), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM citoyens_usager")


def test_without_a_town_nothing_can_be_built() -> None:
    with pytest.raises(CollectiviteNonDefinie):
        Usager(nom="Personne")


def test_after_the_context_the_wall_is_closed_again(here: Collectivite) -> None:
    with collectivite_active(here.pk):
        Usager.objects.count()
    assert get_active_id() == here.pk


def test_a_nested_town_gives_the_first_one_back(towns: tuple[Collectivite, Collectivite], here: Collectivite) -> None:
    with collectivite_active(towns[1].pk):
        assert Usager.objects.count() == 1
    assert Usager.objects.count() == 0


def test_an_error_in_a_nested_town_gives_the_first_one_back(
    towns: tuple[Collectivite, Collectivite], here: Collectivite
) -> None:
    with pytest.raises(ValueError, match="panne"), collectivite_active(towns[1].pk):
        raise ValueError("panne")
    assert Usager.objects.count() == 0


@pytest.mark.usefixtures("here")
def test_the_orm_sees_nothing_of_the_other_town(stranger: Usager) -> None:
    assert not Usager.objects.filter(pk=stranger.pk).exists()
    assert not Usager._base_manager.filter(pk=stranger.pk).exists()
    with pytest.raises(Usager.DoesNotExist):
        stranger.refresh_from_db()


@pytest.mark.usefixtures("here")
def test_raw_sql_sees_nothing_of_the_other_town() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM citoyens_usager")
        assert cursor.fetchone() == (0,)


@pytest.mark.usefixtures("here")
def test_updates_and_deletes_touch_nothing_of_the_other_town(stranger: Usager) -> None:
    assert Usager.objects.filter(pk=stranger.pk).update(nom="Volé") == 0
    assert Usager.objects.filter(pk=stranger.pk).delete() == (0, {})


@pytest.mark.usefixtures("here")
def test_saving_an_object_of_the_other_town_is_refused(stranger: Usager) -> None:
    stranger.nom = "Volé"
    with pytest.raises(DatabaseError), transaction.atomic():
        stranger.save()


@pytest.mark.usefixtures("here")
def test_creating_in_the_other_town_is_refused(stranger: Usager) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Usager.objects.create(collectivite_id=stranger.collectivite_id, nom="Intrus", created_at=timezone.now())


@pytest.mark.usefixtures("here")
def test_pointing_to_a_row_of_the_other_town_is_refused(stranger: Usager) -> None:
    with transaction.atomic():
        NoteUsager.objects.create(
            usager_id=stranger.pk, texte="x", expire_on="2030-01-01", agent_id=1, created_at=timezone.now()
        )
        with pytest.raises(IntegrityError, match="usager_id_mur"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_moving_a_row_to_the_other_town_is_refused(
    towns: tuple[Collectivite, Collectivite], here: Collectivite
) -> None:
    service = Service.objects.create(nom="Accueil")
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Service.objects.filter(pk=service.pk).update(collectivite=towns[1])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "statement",
    [
        "SET row_security = off; SELECT count(*) FROM citoyens_usager",
        "TRUNCATE citoyens_usager CASCADE",
        "ALTER TABLE citoyens_usager DISABLE ROW LEVEL SECURITY",
        "DROP POLICY citoyens_usager_mur ON citoyens_usager",
    ],
)
def test_the_application_cannot_take_the_wall_down(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
