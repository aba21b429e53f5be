"""What the page of one demande shows, loaded in a fixed number of queries whatever the length of the conversation."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import OuterRef, Prefetch, Subquery, prefetch_related_objects

from citoyens.models import LienContact, NoteUsager, Usager
from collectivites.acces import Acces
from collectivites.permissions import Permission
from demandes.contacts import Adresse, list_destinataires, read_adresses
from demandes.cycle import ISSUES_A_CHOISIR, PASSAGES, Etat
from demandes.models import CourrierDepart, Demande, Message, PieceJointe
from journal.models import Evenement
from journal.phrases import tell
from messagerie.models import Envoi

SENS: dict[str, str] = {Message.Sens.ENTRANT: "recu", Message.Sens.SORTANT: "envoye", Message.Sens.INTERNE: "note"}
SORTS: dict[str, tuple[str, str]] = {
    Envoi.Etat.A_ENVOYER: ("à envoyer", "neutre"),
    Envoi.Etat.EN_COURS: ("en cours d'envoi", "neutre"),
    Envoi.Etat.ENVOYE: ("envoyé", "info"),
    Envoi.Etat.REMIS: ("remis", "bon"),
    Envoi.Etat.REJETE: ("rejeté", "retard"),
    Envoi.Etat.ECHEC: ("non envoyé", "retard"),
    Envoi.Etat.INCERTAIN: ("envoi incertain", "alerte"),
    Envoi.Etat.ANNULE: ("annulé", "neutre"),
}
LETTRES: dict[str, tuple[str, str]] = {
    CourrierDepart.Etat.A_IMPRIMER: ("à imprimer", "neutre"),
    CourrierDepart.Etat.IMPRIME: ("imprimée", "info"),
    CourrierDepart.Etat.POSTE: ("postée", "bon"),
    CourrierDepart.Etat.ANNULE: ("annulée", "neutre"),
}
NOTES: dict[str, str] = {
    Message.Canal.TELEPHONE: "appel noté",
    Message.Canal.GUICHET: "noté au guichet",
    Message.Canal.COURRIER: "courrier noté",
    Message.Canal.RESEAU: "à publier sur le réseau",
}


@dataclass(frozen=True)
class Ligne:
    """One exchange of the conversation, ready to draw."""

    message: Message
    sens: str
    auteur: str
    precision: str
    etat: str
    ton: str
    raison: str
    pieces: list[PieceJointe] = field(default_factory=list)

    @property
    def complet(self) -> str:
        """The whole message when more came (or left) than what is shown."""
        whole = self.message.texte_complet.strip()
        return whole if whole and whole != self.message.texte.strip() else ""


@dataclass(frozen=True)
class Mode:
    """One way to answer: `code` is « sms:+33639981234 » or a bare channel; `bouton` names the effect."""

    code: str
    libelle: str
    bouton: str
    compteur: bool = False


def load_messages(demande: Demande) -> list[Ligne]:
    """Return the conversation, oldest first (two queries): the fate of what was sent comes with each message."""
    envoi = Envoi.objects.filter(pk=OuterRef("envoi_id"))
    lettre = CourrierDepart.objects.filter(demande=demande, message=OuterRef("pk"))
    rows = Message.objects.filter(demande=demande).select_related("agent").order_by("at", "pk")
    fates = rows.annotate(sort=Subquery(envoi.values("etat")[:1]), sort_raison=Subquery(envoi.values("erreur")[:1]))
    messages = list(
        fates.annotate(chrono=Subquery(lettre.values("chrono")[:1]), lettre=Subquery(lettre.values("etat")[:1]))
    )
    pieces: dict[int, list[PieceJointe]] = {}
    for piece in PieceJointe.objects.filter(message__demande=demande).order_by("pk"):
        pieces.setdefault(piece.message_id, []).append(piece)
    return [_draw(message, _fate(message), pieces.get(message.pk, [])) for message in messages]


def _fate(message: Any) -> tuple[str, str] | None:
    """What became of a message that was sent: (state, reason)."""
    return (message.sort, message.sort_raison or "") if message.sort else None


def _draw(message: Message, fate: tuple[str, str] | None, pieces: list[PieceJointe]) -> Ligne:
    letter = getattr(message, "lettre", None)
    word, tone = SORTS[fate[0]] if fate else LETTRES[letter] if letter else ("", "neutre")
    is_sent = message.sens == Message.Sens.SORTANT
    return Ligne(
        message=message,
        sens="automatique" if message.is_automatique and is_sent else SENS[message.sens],
        auteur=message.expediteur_libelle,
        precision=_precise(message),
        etat=word,
        ton=tone,
        raison=fate[1] if fate and tone == "retard" else "",
        pieces=pieces,
    )


def _precise(message: Message) -> str:
    """« appel noté par Claire M. », « à samira@exemple.fr », « réponse automatique »."""
    if message.sens == Message.Sens.INTERNE:
        return ""
    if message.is_automatique and message.sens == Message.Sens.ENTRANT:
        return "réponse automatique"
    if getattr(message, "chrono", None):
        return f"lettre {message.chrono}"  # type: ignore[attr-defined]
    if message.sens == Message.Sens.SORTANT:
        return f"à {Adresse(message.canal, message.adresse).lisible}" if message.envoi_id else NOTES[message.canal]
    return f"{NOTES[message.canal]} par {message.agent}" if message.agent and message.canal in NOTES else ""


def load_usager(demande: Demande) -> Usager | None:
    """Attach its contacts to the usager already loaded with the demande (one query)."""
    usager: Usager | None = demande.usager
    if usager is not None:
        links = LienContact.objects.select_related("point").order_by("-is_prefere", "pk")
        prefetch_related_objects([usager], Prefetch("liens_contact", queryset=links))
    return usager


def load_alertes(demande: Demande, acces: Acces, *, day: date) -> list[NoteUsager]:
    """Return what must be known before talking to the usager (one query)."""
    if demande.usager_id is None or not acces.can(Permission.USAGER_LIRE):
        return []
    notes = NoteUsager.objects.live(day).visible_to(agent_id=acces.agent.pk, domaines=acces.domaines)
    return list(notes.filter(usager_id=demande.usager_id, is_alerte=True).order_by("-created_at")[:5])


def load_journal(demande: Demande) -> list[tuple[Evenement, str]]:
    """Return the last facts with their words (one query)."""
    lines = Evenement.objects.about("demande", demande.pk).newest_first()[:8]
    return [(line, tell(line)) for line in lines]


def list_modes(demande: Demande, lignes: list[Ligne]) -> list[Mode]:
    """Return the ways to answer, the one the usager wishes first; a note is always possible."""
    reached = list_destinataires(demande, read_adresses(demande.usager), [ligne.message for ligne in lignes])
    refuses = demande.usager is not None and demande.usager.is_electronique_refuse  # CRPA L112-14
    written = [] if refuses else [each for each in reached if each.canal in {"courriel", "sms"}]
    counts = {canal: sum(each.canal == canal for each in written) for canal in ("courriel", "sms")}
    modes = [_write_mode(each, alone=counts[each.canal] == 1) for each in written]
    modes.sort(key=lambda mode: not mode.code.startswith(demande.mode_reponse))
    noted = [
        Mode("telephone", "Appel", "Noter l'appel"),
        Mode("guichet", "Guichet", "Noter la réponse donnée au guichet"),
        Mode("courrier", "Lettre", "Écrire la lettre, à imprimer"),
        Mode("note", "Note interne", "Ajouter la note interne"),
    ]
    if demande.canal == Demande.Canal.RESEAU:
        modes.insert(0, Mode("reseau", "Réseau social", "Noter la réponse à publier"))
    wished = {"telephone": 0, "sur_place": 1, "courrier": 2}.get(demande.mode_reponse)
    if wished is not None:
        modes.insert(0, noted.pop(wished))
    return modes + noted


def _write_mode(adresse: Adresse, *, alone: bool) -> Mode:
    name = "SMS" if adresse.canal == "sms" else "Courriel"
    article = "le SMS" if adresse.canal == "sms" else "le courriel"
    failing = " (ne reçoit plus)" if adresse.echec else ""
    return Mode(
        code=f"{adresse.canal}:{adresse.valeur}",
        libelle=(name if alone else f"{name} {adresse.lisible}") + failing,
        bouton=f"Envoyer {article} à {adresse.lisible}",
        compteur=adresse.canal == "sms",
    )


def list_suites(demande: Demande) -> list[tuple[str, str]]:
    """Return what may follow an answer in the same gesture: (« etat » or « close:issue », words)."""
    after = demande.etat if demande.etat not in {Etat.NOUVELLE, Etat.A_TRAITER} else Etat.EN_COURS.value
    words = {
        Etat.EN_ATTENTE_USAGER: "puis attendre l'usager",
        Etat.EN_ATTENTE_TIERS: "puis attendre un tiers",
        Etat.TRAITEE: "puis marquer traitée",
    }
    stays = "et laisser en l'état" if after == demande.etat else "et prendre en charge"
    open_ones = [(etat.value, text) for etat, text in words.items() if etat in PASSAGES[after]]
    closing = [(f"close:{code}", f"puis clore : {libelle.lower()}") for code, libelle in ISSUES_A_CHOISIR]
    return [("", stays), *open_ones, *(closing if Etat.CLOSE in PASSAGES[after] else [])]


def list_gestes(demande: Demande, acces: Acces) -> dict[str, bool]:
    """Return which gestures the state and the rights allow; the template draws only those."""
    may = acces.can(Permission.DEMANDE_TRAITER)
    to = PASSAGES[demande.etat]
    is_mine = demande.agent_id == acces.agent.pk
    works_here = any(service.pk == demande.service_id for service in acces.services) or demande.service_id is None
    return {
        "repondre": may and demande.is_open,
        "noter": may,
        "prendre": may and demande.is_open and works_here and not is_mine and bool(acces.services),
        "affecter": may and demande.is_open,
        "qualifier": may and demande.is_open,
        "attendre": may and bool(to & {Etat.EN_ATTENTE_USAGER, Etat.EN_ATTENTE_TIERS}),
        "reprendre": may and demande.etat in {Etat.EN_ATTENTE_USAGER, Etat.EN_ATTENTE_TIERS, Etat.TRAITEE},
        "traiter": may and Etat.TRAITEE in to,
        "clore": may and Etat.CLOSE in to,
        "rouvrir": may and demande.etat == Etat.CLOSE,
        "identifier": may and demande.usager_id is None,
        "creer": acces.can(Permission.USAGER_MODIFIER),
    }
