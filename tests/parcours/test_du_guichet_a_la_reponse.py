"""A person at the counter, a demande, an answer by SMS: through the screens, without script, over every floor."""

import pytest
from django.test import Client

from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement, Service, ServiceRattachement
from collectivites.permissions import Role
from demandes.models import Demande, Thematique, TypeDemande
from journal.models import Consultation, Evenement
from messagerie.models import Envoi
from tests.parcours.formulaires import submit

MOT_DE_PASSE = "quatre mots au hasard 29"


def hire(ville: Collectivite, prenom: str, nom: str, role: str, service: Service | None = None) -> Client:
    """Create an agent and sign in by the page, as people do."""
    email = f"{prenom}@{ville.slug}.exemple.fr".lower()
    agent = Agent.objects.create_user(email, MOT_DE_PASSE, prenom=prenom, nom=nom)
    link = Rattachement.objects.create(agent=agent, collectivite=ville, roles=[role])
    if service is not None:
        with collectivite_active(ville.pk):
            ServiceRattachement.objects.create(rattachement=link, service=service)
    client = Client()
    page = client.get("/connexion/")
    landed = submit(client, page, "/connexion/", login=email, password=MOT_DE_PASSE)
    assert landed.request["PATH_INFO"] == f"/c/{ville.slug}/"
    return client


@pytest.fixture
def ville(db: None) -> Collectivite:
    return Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle", telephone="+33199000100")


@pytest.fixture
def services(ville: Collectivite) -> dict[str, Service]:
    with collectivite_active(ville.pk):
        made = {
            nom: Service.objects.create(nom=nom, domaine=domaine)
            for nom, domaine in (("Éclairage public", "cadre_de_vie"), ("CCAS", "social"))
        }
        for libelle, nom in (("Lampadaire éteint", "Éclairage public"), ("Aide d'urgence", "CCAS")):
            TypeDemande.objects.create(
                libelle=libelle,
                thematique=Thematique.objects.named("Thème"),
                service=made[nom],
                domaine=made[nom].domaine,
            )
    return made


def create_person(claire: Client) -> str:
    """Search first, then create with what was typed; return the address of the person on the desk."""
    found = claire.get("/c/aurelle/recherche/", {"q": "Ben Amar Samira 06 39 98 12 34"})
    assert "Personne et aucune demande" in found.content.decode()
    form = claire.get("/c/aurelle/usagers/nouveau/", {"q": "Ben Amar Samira 06 39 98 12 34"})
    submit(claire, form, "/usagers/nouveau/")
    again = claire.get("/c/aurelle/recherche/", {"q": "ben amar"}).content.decode()
    return again.split('href="/c/aurelle/?usager=')[1].split('"')[0]


def open_by_screen(claire: Client, ville: Collectivite, pk: str, libelle: str, objet: str) -> Demande:
    with collectivite_active(ville.pk):
        type_ = TypeDemande.objects.get(libelle=libelle)
    form = claire.get("/c/aurelle/demandes/nouvelle/", {"usager": pk})
    submit(claire, form, "/demandes/nouvelle/", usager=pk, type=str(type_.pk), objet=objet)
    with collectivite_active(ville.pk):
        return Demande.objects.get(objet=objet)


def test_from_the_counter_to_the_answer(ville: Collectivite, services: dict[str, Service]) -> None:
    claire = hire(ville, "Claire", "Morvan", Role.ACCUEIL)
    yann = hire(ville, "Yann", "Legoff", Role.INSTRUCTEUR, services["Éclairage public"])
    pk = create_person(claire)
    demande = open_by_screen(claire, ville, pk, "Lampadaire éteint", "Lampadaire devant le 8")
    address = f"/c/aurelle/demandes/{demande.pk}/"
    assert "Lampadaire devant le 8" in yann.get("/c/aurelle/demandes/").content.decode()

    page = submit(yann, yann.get(address), "/prendre/")
    page = submit(yann, page, "/repondre/", canal="sms", texte="Bonjour, pose prévue mardi.", suite="close:satisfaite")
    assert "Le SMS part à 06\u00a039\u00a098\u00a012\u00a034." in page.content.decode()

    desk = claire.get("/c/aurelle/", {"usager": pk}).content.decode()
    assert "close, satisfaite" in desk
    assert "pose prévue mardi" in desk
    with collectivite_active(ville.pk):
        sent = list(Envoi.objects.order_by("pk").values_list("clef", "canal", "destinataire"))
        verbes = list(
            Evenement.objects.about("demande", demande.pk).order_by("at", "pk").values_list("verbe", flat=True)
        )
        assert Consultation.objects.filter(usager_id=int(pk)).exists()
    assert [(canal, to) for _, canal, to in sent] == [("sms", "+33639981234")] * 2, "acknowledgement, then answer"
    assert sent[0][0] == f"demande:{demande.pk}:accuse"
    assert verbes[0] == "demande.ouverte"
    assert {"demande.accusee", "demande.affectee", "demande.reponse", "demande.close"} <= set(verbes)


def test_two_agents_answer_at_once_and_the_second_loses_nothing(
    ville: Collectivite, services: dict[str, Service]
) -> None:
    claire = hire(ville, "Claire", "Morvan", Role.ACCUEIL)
    yann = hire(ville, "Yann", "Legoff", Role.INSTRUCTEUR, services["Éclairage public"])
    demande = open_by_screen(claire, ville, create_person(claire), "Lampadaire éteint", "Lampadaire devant le 8")
    address = f"/c/aurelle/demandes/{demande.pk}/"
    seen_by_both = claire.get(address), yann.get(address)
    submit(yann, seen_by_both[1], "/repondre/", canal="sms", texte="La lampe est commandée.")
    late = submit(claire, seen_by_both[0], "/repondre/", canal="sms", texte="Nous passerons demain.")
    assert late.status_code == 409
    assert "Nous passerons demain." in late.content.decode()
    assert "Yann Legoff" in late.content.decode()
    with collectivite_active(ville.pk):
        assert Envoi.objects.filter(clef__contains="reponse").count() == 1


def test_a_sealed_demande_is_worked_on_by_its_service_only(ville: Collectivite, services: dict[str, Service]) -> None:
    claire = hire(ville, "Claire", "Morvan", Role.ACCUEIL)
    helene = hire(ville, "Helene", "Roussel", Role.INSTRUCTEUR, services["CCAS"])
    pk = create_person(claire)
    demande = open_by_screen(claire, ville, pk, "Aide d'urgence", "Facture impayée")
    assert claire.get(f"/c/aurelle/demandes/{demande.pk}/").status_code == 404
    assert "Facture impayée" not in claire.get("/c/aurelle/", {"usager": pk}).content.decode()
    assert "Facture impayée" in helene.get(f"/c/aurelle/demandes/{demande.pk}/").content.decode()
    assert "Facture impayée" in helene.get("/c/aurelle/", {"usager": pk}).content.decode()


def test_the_neighbour_town_sees_nothing_of_it(ville: Collectivite, services: dict[str, Service]) -> None:
    claire = hire(ville, "Claire", "Morvan", Role.ACCUEIL)
    pk = create_person(claire)
    demande = open_by_screen(claire, ville, pk, "Lampadaire éteint", "Lampadaire devant le 8")
    valmont = Collectivite.objects.create(slug="valmont", nom="Mairie de Valmont")
    martine = hire(valmont, "Martine", "Lebrun", Role.SUPERVISEUR)
    for address in (f"/c/valmont/?usager={pk}", f"/c/valmont/usagers/{pk}/", f"/c/valmont/demandes/{demande.pk}/"):
        assert martine.get(address).status_code == 404, address
    for address in ("/c/aurelle/", f"/c/aurelle/demandes/{demande.pk}/"):
        assert martine.get(address).status_code == 404, address
    assert "Personne et aucune demande" in martine.get("/c/valmont/recherche/", {"q": "ben amar"}).content.decode()
