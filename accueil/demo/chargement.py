"""Loads the three towns in one transaction: all of it, or nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accueil.demo.canaux import open_channels
from accueil.demo.courriels import leave_in_quarantine
from accueil.demo.echanges import exchange
from accueil.demo.formulaires import file_forms
from accueil.demo.guichet import hold_counter
from accueil.demo.horloge import Horloge
from accueil.demo.installation import build_town, create_agents, create_collectivites
from accueil.demo.lettres import write_letters
from accueil.demo.offre import open_offre
from accueil.demo.preparatifs import prepare
from accueil.demo.registre import settle_ledger
from accueil.demo.relations import meet_usagers
from accueil.demo.rendezvous import take_rendezvous
from accueil.demo.travail import share_work
from accueil.demo.vie import live
from accueil.demo.villes import VILLES
from accueil.demo.voisinage import hand_over
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite


@dataclass(frozen=True)
class Bilan:
    """What was created in one town."""

    nom: str
    usagers: int
    demandes: int
    contacts: int
    envois: int


def is_loaded() -> bool:
    """True when the demonstration is there already."""
    return Collectivite.objects.filter(slug__in=[ville.slug for ville in VILLES]).exists()


@transaction.atomic
def load_demo(*, at: datetime) -> list[Bilan]:
    """Create the towns and replay their last weeks up to `at`. Nothing it writes in the ledger will leave."""
    horloge = Horloge(at)
    collectivites = create_collectivites()
    agents = create_agents(collectivites)
    reports, villes = [], {}
    for rang, demo in enumerate(VILLES, start=1):
        with collectivite_active(collectivites[demo.slug].pk):
            ville = villes[demo.slug] = build_town(demo, collectivites[demo.slug], agents, horloge=horloge)
            usagers = meet_usagers(ville, rang=rang, horloge=horloge)
            demandes = live(ville, usagers, horloge=horloge) + leave_in_quarantine(ville, horloge=horloge)
            demandes += open_channels(ville, horloge=horloge) + file_forms(ville, horloge=horloge)
            prepare(ville, horloge=horloge)
            write_letters(ville, horloge=horloge)
            share_work(ville, horloge=horloge)
            offre = open_offre(ville, horloge=horloge)
            if offre is not None:
                take_rendezvous(ville, offre, usagers, horloge=horloge)
                exchange(ville, offre, horloge=horloge)
            contacts = hold_counter(ville, usagers, horloge=horloge)
            reports.append(Bilan(demo.nom, len(usagers), demandes, contacts, settle_ledger(at=at)))
    hand_over(villes, horloge=horloge)
    return reports
