"""What our messages about a demande carry: variables of the town's texts, references that bring the answer back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Subquery
from django.utils import timezone

from citoyens.models import Usager
from collectivites.cloison import get_active_id
from collectivites.models import Collectivite, Service
from demandes.models import Boite, Demande, Message
from demandes.suivi.liens import build_lien_suivi
from messagerie.textes import render_occasion
from socle.ecriture import write_date, write_jour, write_long
from socle.identifiants import sign_reference
from socle.telephone import NumeroIllisible, parse_numero, show_numero
from socle.texte import truncate

REFERENCES_MAX = 20  # Message-ID kept in References: RFC 5322 sets no limit, mail relays do
COURRIEL = Message.Canal.COURRIEL


@dataclass(frozen=True)
class Fil:
    """Where our e-mail stands in its thread."""

    message_id: str  # without brackets, as received ones are stored
    entetes: dict[str, str]


def build_reference(demande: Demande) -> str:
    """Return « [DEM-2026-0871-3f2a9c01b7e4] »."""
    return sign_reference(collectivite_id=get_active_id(), numero=demande.numero)


def build_fil(demande: Demande, clef: UUID, *, automatique: bool = False) -> Fil:
    """Return our Message-ID, which carries the signed reference, and the headers that tie it to the thread.

    `clef` makes it stable: the same message queued twice has one Message-ID.
    """
    reference = build_reference(demande).strip("[]")
    message_id = f"{reference}.{clef.hex}@{settings.DOMAINE_COURRIEL}"
    thread = Message.objects.filter(demande=demande).exclude(message_id="").order_by("-at", "-pk")
    earlier = list(thread.values_list("message_id", "sens")[:REFERENCES_MAX])
    entetes = {"Message-ID": f"<{message_id}>"}
    if earlier:
        last_received = next((each for each, sens in earlier if sens == Message.Sens.ENTRANT), earlier[0][0])
        entetes["In-Reply-To"] = f"<{last_received}>"
        entetes["References"] = " ".join(f"<{each}>" for each, _ in reversed(earlier))
    if automatique:
        entetes["Auto-Submitted"] = "auto-replied"  # RFC 3834: nobody's machine answers it
    return Fil(message_id, entetes)


def build_objet(demande: Demande) -> str:
    """Return « Re: Lampadaire éteint [DEM-2026-0871-…] »."""
    bare = demande.objet.removeprefix("Re: ").removeprefix("RE: ").strip()
    return f"Re: {bare} {build_reference(demande)}"


def find_boite(demande: Demande) -> Boite | None:
    """Return the mailbox that answers: the one that received the demande, else its service's, else the town's."""
    came_in = Message.objects.filter(demande=demande, entree__isnull=False).order_by("at", "pk")
    origine = Subquery(came_in.values("entree__boite_id")[:1])
    active = Boite.objects.filter(is_active=True).annotate(origine=origine).order_by("pk")
    boxes = {boite.pk: boite for boite in active}
    boite_id = next((boite.origine for boite in boxes.values()), None)
    of_service = [each for each in boxes.values() if each.service_id and each.service_id == demande.service_id]
    of_town = [each for each in boxes.values() if each.service_id is None]
    return boxes.get(boite_id or 0) or next(iter(of_service or of_town), None)


def build_accuse(demande: Demande, *, usager: Usager | None, collectivite: Collectivite, canal: str) -> dict[str, str]:
    """Return the variables of the acknowledgement: date of reception, number, service and how to reach it."""
    service = demande.service
    return _common(demande, collectivite) | {
        "usager": usager.nom_complet if usager else "",
        "recue_le": describe_reception(demande, collectivite, court=canal == "sms"),
        "service": service.nom if service else collectivite.nom,
        "coordonnees": describe_coordonnees(service, collectivite),
        "delai": describe_delai(demande.echeance_at, court=canal == "sms"),
        "code_suivi": demande.code_suivi,
        "lien_suivi": build_lien_suivi(demande, collectivite),
        "mentions": _mentions(canal),
    }


def describe_reception(demande: Demande, collectivite: Collectivite, *, court: bool = False) -> str:
    """Return when the demande reached this town, on its own wall clock (CRPA R112-11-1, 1°)."""
    local = (demande.competente_at or demande.received_at).astimezone(ZoneInfo(collectivite.fuseau))
    clock = local.replace(tzinfo=None)  # naive: written as it stands
    return write_date(clock) if court else write_long(clock, annee=True)


def build_reponse(demande: Demande, *, collectivite: Collectivite, corps: str, signature: str) -> dict[str, str]:
    """Return the variables of an answer."""
    return _common(demande, collectivite) | {"corps": corps, "signature": signature}


def preview_suffixe_sms(demande: Demande, *, collectivite: Collectivite) -> str:
    """Return what the town's text adds to an SMS after what the agent types (one query)."""
    variables = build_reponse(demande, collectivite=collectivite, corps="", signature="")
    return render_occasion("demande.reponse", "sms", variables).corps


def _common(demande: Demande, collectivite: Collectivite) -> dict[str, str]:
    return {
        "collectivite": collectivite.nom,
        "numero": demande.numero,
        "reference": build_reference(demande),
        "objet": truncate(demande.objet, 150),
    }


def _mentions(canal: str) -> str:
    if canal != "courriel":
        return ""
    return (
        "Ce message est l'accusé d'enregistrement de votre envoi "
        "(articles L112-11 et R112-11-2 du code des relations entre le public et l'administration)."
    )


def describe_coordonnees(service: Service | None, collectivite: Collectivite) -> str:
    """Return address, phone and e-mail of the service, the town's where the service has none (CRPA R112-11-1, 2°)."""
    town_address = ", ".join(
        filter(None, [collectivite.adresse, f"{collectivite.code_postal} {collectivite.ville}".strip()])
    )
    address = (service.adresse if service else "") or town_address
    phone = (service.telephone if service else "") or collectivite.telephone
    mail = (service.courriel if service else "") or collectivite.courriel
    return ", ".join(filter(None, [address, show_telephone(phone), mail]))


def show_telephone(numero: str) -> str:
    """Return a phone as people read it, and what can't be understood as it is."""
    try:
        return show_numero(parse_numero(numero)) if numero else ""
    except NumeroIllisible:
        return numero


def describe_delai(echeance_at: datetime | None, *, court: bool = False) -> str:
    """Return the promise in words, empty when nothing was promised."""
    if echeance_at is None:
        return ""
    if court:
        return f"Réponse avant le {timezone.localtime(echeance_at):%d/%m/%Y}."
    return f"Une réponse vous parviendra au plus tard le {write_jour(echeance_at, annee=True)}."
