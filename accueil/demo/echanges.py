"""Exchanges of the demonstration: secret feeds, calendars kept elsewhere, a program that listens, people who wait.

A few rows, none of which calls a network: calendars and webhooks are switched off, who waits does so where no slot
ever comes, feeds have lost their token.
"""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from accueil.demo.offre import ANNEXE, HV, OffreBatie
from messagerie.models import AbonnementWebhook, LivraisonWebhook
from messagerie.webhooks.abonnements import create_abonnement
from rendezvous.echanges.agendas import Acces, hash_adresse, seal_acces
from rendezvous.echanges.flux import create_flux
from rendezvous.echanges.webhooks import build_charge
from rendezvous.etats import Etat
from rendezvous.jetons import draw_sel, hash_jeton, write_jeton
from rendezvous.models import AgendaExterne, FluxAgenda, InscriptionAttente, RendezVous

Fin = InscriptionAttente.Fin
INTERDIT = "Le serveur d'agendas refuse l'accès à cet agenda."
# whose, kind, address, error of the last reading
AGENDAS = (
    ("olivier.brunet", "ics", "https://agendas.exemple.fr/urbanisme/reunions.ics", ""),
    ("nadia.cherif", "caldav", "https://zimbra.exemple.fr/dav/nadia/Calendar", INTERDIT),
)
# motif, persons, days since, messages received, how it ended
ATTENTES = (
    ("mariage", 1, 9, 0, ""), ("mariage", 1, 6, 0, ""), ("pacs", 1, 5, 0, ""), ("pacs", 1, 2, 0, ""),
    ("travaux", 1, 4, 0, ""), ("atelier", 2, 3, 0, ""), ("atelier", 1, 1, 0, ""), ("travaux", 1, 20, 1, Fin.PRIS),
    ("pacs", 1, 16, 2, Fin.PRIS), ("mariage", 1, 25, 3, Fin.MESSAGES), ("atelier", 1, 12, 0, Fin.USAGER),
)  # fmt: skip
LIVRAISONS = 6


def exchange(ville: Ville, offre: OffreBatie, *, horloge: Horloge) -> None:
    """Open what the screens of exchanges and of the waiting list show; the town without a counter has none."""
    if "olivier.brunet" not in offre.ressources:
        return
    _open_feeds(ville, offre, horloge)
    _follow_calendars(offre, horloge)
    _listen(ville, horloge)
    _wait(offre, horloge)


def _open_feeds(ville: Ville, offre: OffreBatie, horloge: Horloge) -> None:
    for days, agent, whose in (
        (30, "olivier.brunet", {"ressource": offre.ressources["olivier.brunet"]}),
        (21, "sophie.delaunay", {"ressource": offre.ressources["sophie.delaunay"]}),
        (12, "ines.carpentier", {"lieu": offre.lieux[HV]}),
    ):
        opened_at, by = horloge.ago(days, "10:20"), ville.acteur(agent)
        made, _ = create_flux(**whose, agent_id=ville.agents[agent].pk, by=by, at=opened_at)
        FluxAgenda.objects.filter(pk=made.pk).update(read_at=horloge.at - timedelta(minutes=days))


def _follow_calendars(offre: OffreBatie, horloge: Horloge) -> None:
    for clef, genre, url, erreur in AGENDAS:
        acces = Acces(genre, url, clef if genre == "caldav" else "", "mot-de-passe-d-application")
        read_at = horloge.ago(2, "08:15")
        AgendaExterne.objects.create(
            ressource=offre.ressources[clef], genre=genre, hote=url.split("/")[2], adresse_hash=hash_adresse(url),
            identifiants=seal_acces(acces), is_active=False, releve_at=read_at, erreur=erreur,
            reussi_at=read_at if not erreur else horloge.ago(9, "08:15"),
        )  # fmt: skip


def _listen(ville: Ville, horloge: Horloge) -> None:
    """The town's telephone switchboard followed bookings until last week."""
    last = horloge.ago(6, "17:40")
    names = ["rendezvous.confirme", "rendezvous.deplace", "rendezvous.annule"]
    row, _ = create_abonnement(
        libelle="Standard téléphonique", url="https://standard.exemple.fr/guichet", evenements=names,
        by=ville.acteur(ville.accueil[0]), at=horloge.ago(40, "11:00"),
    )  # fmt: skip
    AbonnementWebhook.objects.filter(pk=row.pk).update(is_active=False, livre_at=last)
    booked = RendezVous.objects.booked().filter(etat=Etat.CONFIRME, created_at__lt=last).order_by("-created_at", "-pk")
    LivraisonWebhook.objects.bulk_create(
        LivraisonWebhook(
            abonnement=row, clef=f"rendezvous:{rdv.pk}:confirme:1", evenement=names[0], charge=build_charge(rdv),
            uuid=uuid5(NAMESPACE_URL, f"guichet:livraison:{rdv.uuid}"), prevu_at=rdv.created_at,
            created_at=rdv.created_at, settled_at=rdv.created_at + timedelta(seconds=2), essais=1,
            **{"etat": "livree", "statut": 200} if rang else {"etat": "echec", "statut": 503, "erreur": "HTTP 503"},
        )
        for rang, rdv in enumerate(booked.select_related("motif", "lieu", "service")[:LIVRAISONS])
    )  # fmt: skip


def _wait(offre: OffreBatie, horloge: Horloge) -> None:
    """They wait where the motif is never received, so that the sweep tells nobody."""
    lieu = offre.lieux[ANNEXE]
    rows = []
    for rang, (clef, personnes, days, envois, fin) in enumerate(ATTENTES):
        since, sel = horloge.ago(days, "09:35", ouvre=False), draw_sel()
        told = since + timedelta(days=1) if envois else None
        rows.append(
            InscriptionAttente(
                motif=offre.motifs[clef],
                lieu=lieu,
                personnes=personnes,
                jusqu_on=horloge.today + timedelta(days=45),
                canal="courriel",
                destinataire="" if fin else f"attente{rang}@exemple.fr",
                sel=sel,
                jeton_hash=hash_jeton(write_jeton(sel)),
                code_expire_at=since + timedelta(minutes=10),
                codes=1,
                depuis_at=since,
                created_at=since,
                prouve_at=since + timedelta(minutes=1),
                envois=envois,
                dernier_at=told,
                propose_at=told + timedelta(days=3) if told else None,
                ended_at=since + timedelta(days=6) if fin else None,
                fin=fin,
            )
        )
    InscriptionAttente.objects.bulk_create(rows)
