"""Filing a démarche on the web: the page, the raw entry, the demande, its receipt."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citoyens.models import Usager
from collectivites.models import Service
from demandes.debit import DEPOTS_MAX
from demandes.forms_depot import is_siren, sign_depart
from demandes.models import Demande, Entree, Message, PieceJointe, TypeDemande
from demandes.reception.arrivee import keep_raw
from demandes.reception.depots import DEPOTS_PAR_HEURE
from demandes.reception.quarantaine import open_from_entree
from demandes.reception.traitement import process_entree
from messagerie.models import Envoi

pytestmark = pytest.mark.django_db
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def address(name: str, *args: object) -> str:
    return reverse(f"usager:{name}", args=["aurelle", *args])


def filled(**changes: Any) -> dict[str, Any]:
    """A form filled by Nadia, who took a minute."""
    return {
        "clef": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        "depart": sign_depart(timezone.now() - timedelta(minutes=1)),
        "site_web": "",
        "pour": "personne",
        "prenoms": "Nadia",
        "nom": "Kerleau",
        "courriel": "nadia@exemple.fr",
        "adresse": "3 rue du Moulin, 29000 Aurelle",
        "reponse-nature": "extrait",
        "reponse-filiation": "oui",
        "reponse-parents": "Ada et Yves",
        "description": "C'est pour un mariage.",
    } | changes


@pytest.fixture
def file(client: Client, acte: TypeDemande, django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    def send(**changes: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(address("demarche", acte.pk), filled(**changes))

    return send


def test_the_catalogue_is_for_everyone_and_can_be_searched(client: Client, acte: TypeDemande) -> None:
    page = client.get(address("demarches"))
    assert page.status_code == 200
    assert "Éclairage" in page.content.decode()
    assert "Éclairage" in client.get(address("demarches"), {"q": "eclair"}).content.decode()
    assert "Aucune démarche ne correspond" in client.get(address("demarches"), {"q": "dragon"}).content.decode()
    assert client.get(reverse("usager:demarches", args=["ailleurs"])).status_code == 404


def test_the_public_pages_are_light(client: Client, acte: TypeDemande, django_assert_max_num_queries: Any) -> None:
    for name, args in (("demarches", ()), ("demarche", (acte.pk,)), ("saisine", ())):
        with django_assert_max_num_queries(8):
            assert client.get(address(name, *args)).status_code == 200


def test_what_is_not_offered_is_not_found(client: Client, acte: TypeDemande) -> None:
    TypeDemande.objects.update(is_active=False)
    assert client.get(address("demarche", acte.pk)).status_code == 404
    TypeDemande.objects.update(is_active=True, is_en_ligne=False)
    page = client.get(address("demarche", acte.pk))
    assert "ne se fait pas en ligne" in page.content.decode()
    assert client.post(address("demarche", acte.pk), filled()).status_code == 404


def test_a_form_opens_a_demande_and_gives_its_number(
    client: Client, file: Callable[..., Any], acte: TypeDemande
) -> None:
    answer = file(**{"piece-identite": SimpleUploadedFile("carte.png", PNG, "image/png")})
    assert answer.status_code == 302
    demande = Demande.objects.select_related("usager").get()
    assert (demande.canal, demande.type_id, demande.version_formulaire_id) == (
        "formulaire", acte.pk, acte.version_courante_id,
    )  # fmt: skip
    assert demande.reponses == {"nature": "extrait", "filiation": "oui", "parents": "Ada et Yves"}
    assert demande.usager.nom_complet == "Nadia Kerleau"
    assert "Quel document ? Extrait" in demande.description
    entree = Entree.objects.get()
    assert (entree.canal, entree.etat, entree.demande_id) == ("formulaire", "traitee", demande.pk)
    assert PieceJointe.objects.get().exigence == "identite"
    assert Envoi.objects.get().destinataire == "nadia@exemple.fr"
    page = client.get(answer["Location"]).content.decode()
    assert demande.numero in page
    assert demande.code_suivi in page
    assert "Livret de famille" in page  # asked, and not sent yet


def test_the_same_form_twice_is_one_demande(file: Callable[..., Any]) -> None:
    first, second = file(), file(description="C'est pour un mariage, et un voyage.")
    assert Demande.objects.count() == 1
    assert Entree.objects.count() == 1
    keys = [
        signing.loads(each["Location"].rstrip("/").rsplit("/", 1)[1], salt="demandes.depot.recu")
        for each in (first, second)
    ]
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"nom": ""}, "Écrivez votre nom."),
        ({"courriel": "nadia"}, "adresse électronique"),
        ({"adresse": ""}, "Écrivez votre adresse postale."),
        ({"telephone": "12"}, "n'est pas un numéro"),
        ({"reponse-filiation": ""}, "Cette réponse est attendue."),
        ({"site_web": "http://robot"}, "Envoyez de nouveau"),
        ({"depart": "demain"}, "envoyez de nouveau"),
    ],
)
def test_a_refused_form_comes_back_filled(file: Callable[..., Any], wrong: dict[str, str], said: str) -> None:
    answer = file(**wrong)
    page = unescape(answer.content.decode())
    assert (answer.status_code, Entree.objects.count()) == (422, 0)
    assert said in page
    assert "Ada et Yves" in page
    assert 'name="site_web" tabindex' in page


def test_a_robot_is_too_quick_and_a_person_never_asked_a_phone(file: Callable[..., Any]) -> None:
    assert file(depart=sign_depart(timezone.now())).status_code == 422
    assert file(telephone="").status_code == 302


def test_a_refused_form_keeps_its_files(client: Client, file: Callable[..., Any]) -> None:
    refused = file(nom="", **{"piece-identite": SimpleUploadedFile("carte.png", PNG, "image/png")})
    assert "carte.png" in refused.content.decode()
    kept = refused.context["exigences"][0]["depots"].pieces[0].pk
    file(pieces_listees=str(kept), pieces_gardees=str(kept))
    assert PieceJointe.objects.get().nom == "carte.png"


def test_a_refused_file_is_said_next_to_its_document(file: Callable[..., Any]) -> None:
    bad = SimpleUploadedFile("virus.exe", b"MZ\x90\x00" + b"\0" * 200, "application/octet-stream")
    answer = file(**{"piece-identite": bad})
    assert answer.status_code == 422
    assert "virus.exe" in answer.content.decode()


def test_too_many_submissions_wait(file: Callable[..., Any]) -> None:
    for _ in range(DEPOTS_MAX):
        file(nom="")
    answer = file()
    assert (answer.status_code, Demande.objects.count()) == (429, 0)
    assert "Kerleau" in answer.content.decode()


def test_an_association_gives_its_rna(file: Callable[..., Any]) -> None:
    body = {"pour": "association", "nom": "Les Amis du kiosque", "contact": "Nadia Kerleau"}
    assert "numéro RNA" in file(**body, rna="29").content.decode()
    assert file(**body, rna="w29 12345").status_code == 422
    assert file(**body, rna="w291 234 567").status_code == 302
    made = Usager.objects.get(nature="association")
    assert (made.rna, made.nom) == ("W291234567", "Les Amis du kiosque")
    assert "Contact\u00a0: Nadia Kerleau" in Demande.objects.get().description


def test_a_company_gives_its_siren_or_siret(file: Callable[..., Any]) -> None:
    body = {"pour": "entreprise", "nom": "Fournil", "contact": "Nadia", "courriel": "fournil@exemple.fr"}
    assert file(**body, immatriculation="123456789").status_code == 422
    assert file(**body, immatriculation="732 829 320 00074").status_code == 302
    assert Usager.objects.get(nature="entreprise").siret == "73282932000074"
    assert is_siren("732829320")
    file(**body, immatriculation="732829320", clef="6f9619ff-8b86-4d01-b42d-00cf4fc964aa")
    assert "SIREN\u00a0: 732829320" in Demande.objects.order_by("-pk")[0].description


def test_a_known_person_is_joined_by_address_and_name_only(file: Callable[..., Any], usager: Usager) -> None:
    file(courriel="samira@exemple.fr", prenoms="Samira", nom="Ben Amar")
    assert Demande.objects.get().usager == usager
    file(courriel="samira@exemple.fr", prenoms="Karim", nom="Ben Amar", clef="6f9619ff-8b86-4d01-b42d-00cf4fc964bb")
    karim = Demande.objects.order_by("-pk")[0].usager
    assert karim != usager
    assert karim.prenoms == "Karim"


def test_an_entry_read_later_still_opens(
    client: Client, acte: TypeDemande, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as waiting:
        answer = client.post(address("demarche", acte.pk), filled())
    assert "son numéro vous arrive par courriel" in client.get(answer["Location"]).content.decode()
    waiting[-1]()
    assert Message.objects.get(sens="entrant").entree_id == Entree.objects.get().pk


def test_a_receipt_expires_and_a_forged_one_shows_nothing(client: Client, file: Callable[..., Any]) -> None:
    file()
    assert client.get(address("recue", "faux")).status_code == 410
    elsewhere = signing.dumps(10**9, salt="demandes.depot.recu")
    assert client.get(address("recue", elsewhere)).status_code == 404


def test_the_page_of_electronic_modalities(client: Client, acte: TypeDemande, service: Service) -> None:
    page = client.get(address("saisine")).content.decode()
    assert "numéro RNA" in page
    assert "1 démarche se fait en ligne" in page


def test_one_address_used_again_and_again_waits_for_a_human(
    client: Client, file: Callable[..., Any], poste: Client, by: Any, at: Any
) -> None:
    for rang in range(DEPOTS_PAR_HEURE + 1):
        file(clef=str(UUID(int=rang + 1)))
    assert Demande.objects.count() == DEPOTS_PAR_HEURE
    waiting = Entree.objects.get(etat="quarantaine")
    page = poste.get(reverse("demandes:quarantaine_entree", args=["aurelle", waiting.pk])).content.decode()
    assert "C&#x27;est pour un mariage." in page
    opened = open_from_entree(entree=waiting, by=by, at=timezone.now())
    assert (opened.canal, opened.reponses["parents"]) == ("formulaire", "Ada et Yves")


def test_forms_of_a_sealed_service_never_wait_where_everybody_sorts(
    client: Client, file: Callable[..., Any], acte: TypeDemande
) -> None:
    TypeDemande.objects.filter(pk=acte.pk).update(domaine="social")
    for rang in range(DEPOTS_PAR_HEURE + 1):
        file(clef=str(UUID(int=rang + 1)))
    assert Demande.objects.filter(domaine="social").count() == DEPOTS_PAR_HEURE + 1
    assert not Entree.objects.filter(etat="quarantaine").exists()


def test_an_unreadable_submission_waits_with_its_reason(client: Client, acte: TypeDemande, ville: Any) -> None:
    entree = keep_raw(
        brut=b"{}", collectivite_id=ville.pk, canal="formulaire", externe_id="x", at=timezone.now(), is_nudged=False
    )
    process_entree(collectivite_id=ville.pk, entree_id=entree.pk, at=timezone.now())
    entree.refresh_from_db()
    assert (entree.etat, entree.motif) == ("quarantaine", "Formulaire illisible.")
