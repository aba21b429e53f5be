"""Every page of a town, found from the routes, on the demonstration: no fault of access, no browser complaint."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize

from citoyens.models import Usager
from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Lieu, Rattachement, Service
from collectivites.permissions import Role
from demandes.models import (
    Appel,
    Boite,
    Connecteur,
    CourrierDepart,
    Demande,
    Entree,
    LotImpression,
    Macro,
    RegleAutomate,
    SujetCommun,
    TypeDemande,
    Zone,
)
from messagerie.models import Envoi
from messagerie.webhooks.abonnements import create_abonnement, send_ping
from rendezvous.models import (
    Guichet,
    Indisponibilite,
    LotRendezVous,
    ModeleParcours,
    Motif,
    Parcours,
    PlageOuverture,
    RendezVous,
    Seance,
)
from tests.navigateur.conftest import spread
from tests.navigateur.liens_rdv import write_liens_rdv
from tests.navigateur.liens_usager import write_liens
from tests.navigateur.liens_visite import write_liens_visite

OuvrirPage = Callable[..., Page]
PARTIES = 2  # one a worker: each pays for its own demonstration, twenty seconds
PAGES_MIN = 60  # of a part
TAILLES: tuple[ViewportSize, ...] = ({"width": 1366, "height": 768}, {"width": 390, "height": 844})
OBJETS: dict[str, type[Model]] = {
    "collectivites/service": Service,
    "collectivites/lieu": Lieu,
    "citoyens/fiche": Usager,
    "citoyens/modifier": Usager,
    "demandes/fiche": Demande,
    "demandes/preuves": Demande,
    "demandes/lettre": Demande,
    "demandes/type": TypeDemande,
    "demandes/type_formulaire": TypeDemande,
    "demandes/type_versions": TypeDemande,
    "demandes/type_element_nouveau": TypeDemande,
    "usager/demarche": TypeDemande,
    "demandes/boite": Boite,
    "demandes/regle": RegleAutomate,
    "demandes/regle_executions": RegleAutomate,
    "demandes/macro": Macro,
    "demandes/zone": Zone,
    "demandes/jouer_macro": Demande,
    "demandes/abusive": Demande,
    "demandes/travail": Demande,
    "demandes/fusionner": Demande,
    "demandes/sujet": SujetCommun,
    "demandes/connecteur": Connecteur,
    "demandes/appel": Appel,
    "messagerie/fiche": Envoi,
    "rendezvous/fiche": RendezVous,
    "rendezvous/pris": RendezVous,
    "rendezvous/motif": Motif,
    "rendezvous/guichet": Guichet,
    "rendezvous/plage": PlageOuverture,
    "rendezvous/indisponibilite": Indisponibilite,
    "rendezvous/indisponibilite_de_tous": Indisponibilite,
    "rendezvous/indisponibilite_modifier": Indisponibilite,
    "rendezvous/indisponibilite_de_tous_modifier": Indisponibilite,
    "rendezvous/seance": Seance,
    "rendezvous/seance_deplacer": Seance,
    "rendezvous/emargement": Seance,
    "rendezvous/parcours_modele": ModeleParcours,
}

EXEMPLES = {"<slug:collectivite_slug>": "aurelle", "<slug:ville_slug>": "aurelle", "<slug:sorte>": "questions"}


def walk(patterns: list[URLPattern | URLResolver], prefix: str, app: str) -> list[tuple[str, str]]:
    """List (« app/name », path with its <converters>) of every route of a town."""
    found: list[tuple[str, str]] = []
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += walk(entry.url_patterns, path, str(entry.namespace or app))
        elif path.startswith(("/c/", "/usager/")):
            for converter, example in EXEMPLES.items():
                path = path.replace(converter, example)
            found.append((f"{app}/{entry.name}", path))
    return found


def list_routes(partie: int) -> list[tuple[str, str]]:
    """The routes of one part: one in PARTIES, from the one of its rank."""
    return walk(get_resolver().url_patterns, "/", "")[partie::PARTIES]


def list_pages(client: Client, partie: int) -> list[str]:
    """The addresses of one part that answer a whole page to someone who may do everything."""
    town = Collectivite.objects.get(slug="aurelle")
    with collectivite_active(town.pk):
        first = {name: model.objects.order_by("pk")[0].pk for name, model in OBJETS.items()}  # type: ignore[attr-defined]
        waiting = Entree.objects.filter(etat="quarantaine").order_by("pk")[0].pk
        concours, liens = write_liens(Agent.objects.get(email="ines.carpentier@aurelle.exemple.fr"))
        lot = write_lot(Agent.objects.get(email="ines.carpentier@aurelle.exemple.fr"))
        webhook = write_webhook()
        lot_rdv, visite = write_rendezvous(Agent.objects.get(email="ines.carpentier@aurelle.exemple.fr"))
        liens |= write_liens_rdv() | write_liens_visite()
        first["rdv/visite"] = ModeleParcours.objects.filter(is_public=True).order_by("pk")[0].pk
        first["rdv/motif"] = Motif.objects.filter(reservable_par="tous").order_by("pk")[0].pk
    rattachement = Rattachement.objects.filter(collectivite=town).order_by("pk")[0].pk
    first |= {"demandes/concours": concours, "demandes/lot_impression": lot, "messagerie/webhook": webhook}
    first |= {"rendezvous/absences_lot": lot_rdv, "rendezvous/parcours_fiche": visite}
    first |= {"demandes/quarantaine_entree": waiting, "collectivites/agent": rattachement}
    paths = [
        path.replace("<int:pk>", str(first.get(name, 0)))
        .replace("<str:jeton>", liens.get(name, "<"))
        .replace("<str:passe>", liens.get(name, "<"))
        for name, path in list_routes(partie)
    ]
    return [path for path in paths if "<" not in path and "/0/" not in path and is_page(client, path)]


def write_lot(agent: Agent) -> int:
    """Put the letters of the demonstration in a batch, as if it were drawn."""
    lot = LotImpression.objects.create(document="", nombre=1, agent=agent, clef=uuid4(), at=timezone.now())
    assert CourrierDepart.objects.update(lot=lot)
    return lot.pk


def write_rendezvous(agent: Agent) -> tuple[int, int]:
    """A batch of appointments half done, a visit of two: their pages."""
    rows = list(RendezVous.objects.live().filter(usager__isnull=False).order_by("pk")[:2])
    lot = LotRendezVous.objects.create(
        agent=agent, geste="deplacer", clef=uuid4(), at=timezone.now(), etat="fini", fini_at=timezone.now(),
        vises=[[rdv.pk, rdv.version, None] for rdv in rows], faits=[[rows[0].pk, "Mardi 24 novembre à 9 h 40"]],
        echecs=[[rows[1].pk, "Ce créneau a été pris entre-temps."]],
    )  # fmt: skip
    visite = Parcours.objects.create(
        numero="PAR-2026-99999", usager=rows[0].usager, clef=uuid4(), created_at=timezone.now()
    )
    RendezVous.objects.filter(pk__in=[rdv.pk for rdv in rows]).update(parcours=visite)
    return lot.pk, visite.pk


def write_webhook() -> int:
    """Subscribe a program, with a trial on its way."""
    row, _ = create_abonnement(
        libelle="Portail famille", url="https://portail.exemple.fr/", evenements=["rendezvous.confirme"],
        by=AUTOMATE, at=timezone.now(),
    )  # fmt: skip
    send_ping(abonnement=row, by=AUTOMATE, at=timezone.now())
    return row.pk


def is_page(client: Client, path: str) -> bool:
    answer = client.get(path)
    if answer.streaming:  # a file, not a page
        answer.close()
        return False
    return answer.status_code == 200 and b"<h1" in answer.content and b"</html>" in answer.content


@pytest.fixture
def partout(transactional_db: None) -> Client:
    """The browser of someone who holds every role and works for every service of the demonstration town."""
    call_command("demo", verbosity=0)
    agent = Agent.objects.get(email="ines.carpentier@aurelle.exemple.fr")
    Rattachement.objects.filter(agent=agent).update(roles=list(Role.values))
    client = Client()
    client.force_login(agent)
    return client


def test_each_route_is_in_one_part_and_only_one() -> None:
    shared = [route for partie in range(PARTIES) for route in list_routes(partie)]
    assert sorted(shared) == sorted(walk(get_resolver().url_patterns, "/", ""))


@pytest.mark.parametrize(
    ("before", "after"), [("abXYcd", "XabYcd"), ("aXY", "XYa"), ("XY", "XY"), ("ab", "ab"), ("", "")]
)
def test_spreading_the_longest_loses_no_test(before: str, after: str) -> None:
    assert spread(list(before), [each for each in before if each.isupper()]) == list(after)


@pytest.mark.lent
@pytest.mark.parametrize("partie", range(PARTIES))
def test_no_page_has_a_fault_of_access(
    partout: Client, ouvrir_page: OuvrirPage, verifier_acces: Callable[[Page], None],
    capturer: Callable[[Page, str], Path], partie: int,
) -> None:  # fmt: skip
    pages = list_pages(partout, partie)
    assert len(pages) >= PAGES_MIN
    page = ouvrir_page(client=partout)
    for path in pages:
        page.set_viewport_size(TAILLES[0])
        page.goto(path)
        if path.endswith("/concours/"):  # its forms are folded
            page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")
        for taille in TAILLES:
            page.set_viewport_size(taille)
            capturer(page, f"page{path.replace('/', '-')[:120]}{taille['width']}")  # signed addresses are long
            verifier_acces(page)
