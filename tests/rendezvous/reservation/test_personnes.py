"""Who comes: found again by their address and their name, else created; nobody is created twice."""

import pytest

from citoyens.actions import Contact, create_usager
from citoyens.models import Usager
from rendezvous.models import Motif, Participation
from rendezvous.reservation.actions import book_rendezvous, cancel_rendezvous, mark_rendezvous
from rendezvous.reservation.personnes import find_venants
from rendezvous.reservation.refus import RendezVousRefuse
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.reservation.conftest import NEUF_HEURES, slot

pytestmark = pytest.mark.usefixtures("plage")


def test_a_stranger_is_created_once_and_found_again(ville, public, at) -> None:
    typed = Participant(nom="Le Goff", prenom="Maël", courriel="Mael@Exemple.fr", telephone="06 39 98 55 55")
    [first] = find_venants([typed], by=public, at=at)
    [again] = find_venants([Participant(nom="LE GOFF", prenom="maël", courriel="mael@exemple.fr")], by=public, at=at)
    assert first.usager == again.usager
    assert (first.courriel, first.telephone, first.is_mobile) == ("mael@exemple.fr", "+33639985555", True)
    assert again.telephone == "+33639985555"  # known already


def test_a_known_address_under_another_name_is_another_person(usager, public, at) -> None:
    typed = Participant(nom="Ben Amar", prenom="Karim", courriel="samira@exemple.fr")
    [karim] = find_venants([typed], by=public, at=at)
    assert karim.usager != usager
    assert [each.usager for each in find_venants([typed], by=public, at=at)] == [karim.usager]
    samira = Participant(nom="Ben Amar", prenom="Samira", courriel="samira@exemple.fr")
    assert find_venants([samira], by=public, at=at)[0].usager == usager


def test_a_phone_is_a_proof_as_well(usager, public, at) -> None:
    typed = Participant(nom="Ben Amar", prenom="Samira", telephone="+33 6 39 98 12 34")
    assert find_venants([typed], by=public, at=at)[0].usager == usager


def test_a_child_without_address_is_found_again_by_the_one_who_books(usager, public, at) -> None:
    family = [Participant(nom="Ben Amar", prenom="Samira", courriel="samira@exemple.fr"),
              Participant(nom="Ben Amar", prenom="Inès")]  # fmt: skip
    first, second = (find_venants(family, by=public, at=at) for _ in range(2))
    assert [each.usager.pk for each in first] == [each.usager.pk for each in second]
    assert [each.courriel for each in first] == ["samira@exemple.fr"] * 2


def test_a_companion_is_not_taken_for_a_nameless_profile_of_the_same_address(ville, by, public, at) -> None:
    create_usager(nature="personne", nom="", contacts=[Contact("courriel", "a@exemple.fr")], by=by, at=at)
    family = [Participant(nom="Un", prenom="Ana", courriel="a@exemple.fr"), Participant(nom="Un", prenom="Bob")]
    assert len({each.usager.pk for each in find_venants(family, by=public, at=at)}) == 2


def test_one_person_is_not_named_twice(usager, public, at) -> None:
    with pytest.raises(RendezVousRefuse, match="deux fois"):
        find_venants([Participant(usager_id=usager.pk)] * 2, by=public, at=at)


def test_an_unknown_id_and_an_illegible_contact_are_refused_with_their_field(ville, public, at) -> None:
    with pytest.raises(RendezVousRefuse, match="n'existe plus"):
        find_venants([Participant(usager_id=404)], by=public, at=at)
    with pytest.raises(RendezVousRefuse) as refusal:
        find_venants([Participant(nom="A", telephone="12")], by=public, at=at)
    assert refusal.value.champ == "telephone"


@pytest.fixture
def titre(motif) -> Motif:
    motif.categorie_ants, motif.durees = "CNI", [20, 30]
    motif.save()
    return motif


def book(titre, lieu, ressource, by, at, *numbers: str, minutes: int = 0):
    people = [Participant(nom=f"Nom {minutes}", prenom=f"P{rang}", numero_predemande=number)
              for rang, number in enumerate(numbers)]  # fmt: skip
    return book_rendezvous(
        creneau=slot(titre, lieu, ressource, minutes=minutes), motif=titre, personnes=len(numbers),
        participants=people, clef=None, canal="guichet", by=by, at=at,
    )  # fmt: skip


def test_a_family_comes_together_for_the_length_of_the_table(titre, lieu, ressource, by, at) -> None:
    rdv = book(titre, lieu, ressource, by, at, "ab12cd34ef", "AB12CD34EG")
    assert (rdv.fin_at - rdv.debut_at).seconds == 30 * 60
    rows = Participation.objects.filter(rendezvous=rdv).order_by("rang")
    assert [(row.rang, row.numero_predemande, row.categorie) for row in rows] == [
        (0, "AB12CD34EF", "CNI"), (1, "AB12CD34EG", "CNI")
    ]  # fmt: skip
    assert len({row.jeton_hash for row in rows}) == 2
    with pytest.raises(RendezVousRefuse, match="nommé 2 personnes"):
        book_rendezvous(
            creneau=slot(titre, lieu, ressource, minutes=60), motif=titre, personnes=1, clef=None, canal="guichet",
            participants=[Participant(nom="A"), Participant(nom="B")], by=by, at=at,
        )  # fmt: skip


def test_a_pre_application_has_one_live_appointment(titre, lieu, ressource, by, at) -> None:
    first = book(titre, lieu, ressource, by, at, "AB12CD34EF")
    with pytest.raises(RendezVousRefuse, match="AB12CD34EF a déjà un rendez-vous à venir"):
        book(titre, lieu, ressource, by, at, "ab12cd34ef", minutes=60)
    with pytest.raises(RendezVousRefuse, match="même numéro"):
        book(titre, lieu, ressource, by, at, "ZZ12CD34EF", "zz12cd34ef", minutes=60)
    with pytest.raises(RendezVousRefuse, match="dix lettres ou chiffres"):
        book(titre, lieu, ressource, by, at, "AB12", minutes=60)
    cancel_rendezvous(rendezvous=first, version=1, par="usager", raison="", by=by, at=at)
    assert book(titre, lieu, ressource, by, at, "AB12CD34EF", minutes=60)


def test_a_mark_is_not_undone_when_its_number_has_a_live_appointment_elsewhere(titre, lieu, ressource, by, at) -> None:
    first = book(titre, lieu, ressource, by, at, "AB12CD34EF")
    gone = mark_rendezvous(rendezvous=first, version=1, etat="absent", by=by, at=NEUF_HEURES)
    book(titre, lieu, ressource, by, at, "AB12CD34EF", minutes=60)
    with pytest.raises(RendezVousRefuse, match="a déjà un rendez-vous à venir"):
        mark_rendezvous(rendezvous=gone, version=2, etat="confirme", by=by, at=NEUF_HEURES)
    gone.refresh_from_db()
    assert gone.etat == "absent"


def test_nobody_comes_is_refused(titre, lieu, ressource, by, at) -> None:
    with pytest.raises(RendezVousRefuse, match="pour 2\u00a0personnes au plus"):
        book(titre, lieu, ressource, by, at)
    assert not Usager.objects.exists()
