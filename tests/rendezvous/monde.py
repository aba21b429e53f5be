"""Builders for tests of appointments: rows laid directly, so that each subject is tested without the others."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from citoyens.models import Usager
from collectivites.models import Agent, Lieu, Rattachement, Service, ServiceRattachement
from collectivites.permissions import Role
from rendezvous.etats import Etat
from rendezvous.heures import get_day, to_instant
from rendezvous.jetons import draw_sel, hash_jeton, write_jeton
from rendezvous.models import (
    Guichet,
    Motif,
    Occupation,
    OccurrencePlage,
    Participation,
    PlageMotif,
    PlageOuverture,
    RendezVous,
    Ressource,
)


def make_lieu(nom: str = "Hôtel de ville", fuseau: str = "Europe/Paris", **fields: object) -> Lieu:
    return Lieu.objects.create(nom=nom, fuseau=fuseau, **fields)


def make_agent(ville: object, nom: str, *services: Service, roles: tuple[str, ...] = (Role.INSTRUCTEUR,)) -> Agent:
    prenom, _, famille = nom.partition(" ")
    agent = Agent.objects.create_user(
        f"{uuid4().hex}@aurelle.example", "mot-de-passe-long", prenom=prenom, nom=famille
    )
    link = Rattachement.objects.create(agent=agent, collectivite=ville, roles=list(roles))
    for service in services:
        ServiceRattachement.objects.create(rattachement=link, service=service)
    return agent


def make_ressource(of: Agent | Guichet) -> Ressource:
    link = {"agent": of} if isinstance(of, Agent) else {"guichet": of}
    return Ressource.objects.create(nom=str(of), **link)


def make_motif(
    service: Service, libelle: str = "Carte d'identité", durees: tuple[int, ...] = (20,), **fields: object
) -> Motif:
    fields.setdefault("reservable_par", Motif.Reservable.TOUS)
    fields.setdefault("delai_min_minutes", 0)
    return Motif.objects.create(service=service, libelle=libelle, durees=list(durees), **fields)


def make_plage(
    ressource: Ressource,
    lieu: Lieu,
    *motifs: Motif,
    jours: tuple[date, ...] = (),
    blocs: tuple[tuple[int, int], ...] = ((540, 720),),
    **fields: object,
) -> PlageOuverture:
    """A range and its occurrences on `jours`, written here rather than expanded from a rule."""  # fmt: skip
    fields.setdefault("premier_on", jours[0] if jours else date(2026, 11, 23))
    plage = PlageOuverture.objects.create(
        ressource=ressource, lieu=lieu, blocs=[list(bloc) for bloc in blocs], **fields
    )
    PlageMotif.objects.bulk_create([PlageMotif(plage=plage, motif=motif) for motif in motifs])
    OccurrencePlage.objects.bulk_create([
        OccurrencePlage(
            plage=plage, ressource=ressource, lieu=lieu, jour=jour, capacite=plage.capacite,
            debut_at=to_instant(jour, start, lieu.fuseau), fin_at=to_instant(jour, end, lieu.fuseau),
            is_ferie_travaille=plage.is_ferie_travaille,
        )
        for jour in jours for start, end in blocs
    ])  # fmt: skip
    return plage


def make_rendezvous(  # noqa: PLR0913 the columns of a booking
    motif: Motif,
    ressource: Ressource,
    lieu: Lieu,
    debut_at: datetime,
    *,
    fin_at: datetime,
    usager: Usager | None = None,
    etat: str = Etat.CONFIRME,
    at: datetime | None = None,
    place: int = 1,
    **fields: object,
) -> RendezVous:
    """An appointment and its occupation, without any message."""  # fmt: skip
    rdv = RendezVous.objects.create(
        numero=f"RDV-{uuid4().hex[:12]}", uuid=uuid4(), motif=motif, service=motif.service,
        domaine=motif.service.domaine, lieu=lieu, usager=usager, etat=etat, debut_at=debut_at, fin_at=fin_at,
        jour=get_day(debut_at, lieu.fuseau), canal=RendezVous.Canal.GUICHET, created_at=at or debut_at, **fields,
    )  # fmt: skip
    Occupation.objects.create(rendezvous=rdv, ressource=ressource, place=place, debut_at=debut_at, fin_at=fin_at)
    return rdv


def make_participation(rdv: RendezVous, usager: Usager, *, rang: int = 0, **fields: object) -> Participation:
    """Who comes, with a link good for a day after."""
    sel = draw_sel()
    return Participation.objects.create(
        rendezvous=rdv, usager=usager, rang=rang, sel=sel, jeton_hash=hash_jeton(write_jeton(sel)),
        jeton_expire_at=rdv.debut_at + timedelta(days=1), **fields,
    )  # fmt: skip
