"""What may be said of an appointment, in words: built once, used by e-mails, SMS and calendar files.

Hours are those of the lieu. A sensitive motif or a sealed service is never told: neither motif, documents nor
instructions, nor the names of the service, of the lieu and of its counter; the town speaks in its own name.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import connection

from collectivites.cloison import get_active_id
from collectivites.domaines import RESERVES
from collectivites.models import Collectivite, Lieu, Service
from demandes.courriers import show_telephone
from messagerie.textes import COURRIEL, SMS
from rendezvous.heures import to_local
from rendezvous.messages.liens import build_lien_court, build_lien_gestion
from rendezvous.models import Motif, Participation, RendezVous
from socle.ecriture import write_duree, write_jour, write_long
from socle.texte import truncate

NB = "\u00a0"
NOM_SMS = 40  # signs kept of the names of a town and of a lieu in an SMS
SUR_LA_PAGE = "Ce qu'il faut apporter et savoir est sur la page de votre rendez-vous."


def write_quand(instant: datetime, fuseau: str, *, annee: bool = False) -> str:
    """Return « mardi 24 novembre à 9 h 40 » on the wall clock of the zone."""
    return write_long(to_local(instant, fuseau).replace(tzinfo=None), annee=annee)  # naive: written as it stands


def write_le_jour(instant: datetime, fuseau: str) -> str:
    """Return « mardi 24 novembre » of the zone."""
    return write_jour(to_local(instant, fuseau).date())


def is_discret(rendezvous: RendezVous) -> bool:
    """True when a message must not let anybody guess what the appointment is about."""
    return bool(rendezvous.motif.is_sensible) or rendezvous.domaine in RESERVES


@dataclass(frozen=True)
class Contenu:
    """An appointment seen by one person who comes. `guichet`: where they are received, empty when unknown."""

    rendezvous: RendezVous
    participation: Participation
    collectivite: Collectivite
    guichet: str = ""

    @property
    def is_discret(self) -> bool:
        """See the function of that name."""
        return is_discret(self.rendezvous)

    @property
    def is_sur_place(self) -> bool:
        """True when the usager comes to the lieu."""
        return bool(self.rendezvous.motif.genre == Motif.Genre.SUR_PLACE)

    @property
    def motif(self) -> str:
        """The motif as it may be named, or nothing. A sealed service keeps only a neutral name given on purpose."""
        motif: Motif = self.rendezvous.motif
        return motif.libelle_public if self.is_discret else motif.nom_message

    @property
    def titre(self) -> str:
        """« Rendez-vous : Carte d'identité », « Rendez-vous, Mairie d'Aurelle »."""
        return f"Rendez-vous{NB}: {self.motif}" if self.motif else f"Rendez-vous, {self.collectivite.nom}"

    @property
    def service(self) -> str:
        """Who receives; the town itself for what is sealed."""
        service: Service = self.rendezvous.service
        return self.collectivite.nom if self.is_discret else service.nom

    @cached_property
    def telephone(self) -> str:
        """« 01 99 00 12 34 »: the service's, the lieu's, the town's; the town's alone for what is sealed."""
        rdv, town = self.rendezvous, self.collectivite.telephone
        return show_telephone(town if self.is_discret else rdv.service.telephone or rdv.lieu.telephone or town)

    @cached_property
    def adresse(self) -> str:
        """« 1 place de la République, 54000 Aurelle », empty when unknown."""
        lieu = self.rendezvous.lieu
        return ", ".join(filter(None, [lieu.adresse, f"{lieu.code_postal} {lieu.ville}".strip()]))

    @property
    def nom_lieu(self) -> str:
        """The name of the lieu; of a discreet appointment the street, for « CCAS » tells all."""
        lieu: Lieu = self.rendezvous.lieu
        return (lieu.adresse or lieu.nom) if self.is_discret else lieu.nom

    @property
    def endroit(self) -> str:
        """Where, whole: « Hôtel de ville, 1 place de la République, 54000 Aurelle, Guichet 3 », the room, home."""
        rdv = self.rendezvous
        if rdv.motif.genre == Motif.Genre.TELEPHONE:
            return self._write_appel()
        if rdv.motif.genre == Motif.Genre.VISIO:
            return rdv.visio_url or "en visioconférence"
        if rdv.motif.genre == Motif.Genre.DOMICILE:
            return ", ".join(filter(None, ["chez vous", rdv.adresse]))
        if self.is_discret:
            return self.adresse or self.rendezvous.lieu.nom
        return ", ".join(filter(None, [rdv.lieu.nom, self.adresse, self.guichet]))

    @property
    def endroit_court(self) -> str:
        """Where, for an SMS: the rest is on the page behind the link."""
        genre = self.rendezvous.motif.genre
        if genre == Motif.Genre.TELEPHONE:
            return self._write_appel()
        if genre == Motif.Genre.VISIO:
            return "en visioconférence"
        return "chez vous" if genre == Motif.Genre.DOMICILE else truncate(self.nom_lieu, NOM_SMS)

    def _write_appel(self) -> str:
        numero = show_telephone(self.rendezvous.telephone or self.participation.telephone)
        return f"nous vous appellerons au {numero}" if numero else "nous vous appellerons"

    @property
    def personnes(self) -> str:
        """« 2 dossiers », nothing for one."""
        count, unit = self.rendezvous.personnes, self.rendezvous.motif.unite_personnes
        return f"{count}{NB}{unit}{'' if unit.endswith('s') else 's'}" if count > 1 else ""

    @property
    def documents(self) -> str:
        """« À apporter : » and the list, nothing when nothing is asked."""
        motif = self.rendezvous.motif
        if self.is_discret:
            return SUR_LA_PAGE if motif.pieces or motif.consignes_apres else ""
        return "\n".join([f"À apporter{NB}:", *(f"- {piece}" for piece in motif.pieces)]) if motif.pieces else ""

    @property
    def consignes(self) -> str:
        """What to know once it is booked."""
        return "" if self.is_discret else self.rendezvous.motif.consignes_apres.strip()

    @property
    def details(self) -> str:
        """The lines « Motif », « Date », « Lieu », « Service » that have something to say."""
        rdv = self.rendezvous
        motif = " – ".join(filter(None, [self.motif, self.personnes]))
        date = f"{write_quand(rdv.debut_at, rdv.lieu.fuseau, annee=True)} ({write_duree(rdv.fin_at - rdv.debut_at)})"
        service = "" if self.is_discret else rdv.service.nom
        lines = {"Motif": motif, "Date": date, _LIBELLES[rdv.motif.genre]: self.endroit, "Service": service}
        return "\n".join(f"{libelle}{NB}: {valeur}" for libelle, valeur in lines.items() if valeur)

    @property
    def contact(self) -> str:
        """« Une question ? Appelez le 01 99 00 12 34. », nothing without a number."""
        return f"Une question{NB}? Appelez le {self.telephone}." if self.telephone else ""

    def describe(self) -> str:
        """What the calendar file says under its title."""
        lien = f"Déplacer ou annuler{NB}: {build_lien_gestion(self.participation, slug=self.collectivite.slug)}"
        return "\n\n".join(filter(None, [self.documents, self.consignes, self.contact, lien]))


_LIBELLES = {
    Motif.Genre.SUR_PLACE: "Lieu",
    Motif.Genre.TELEPHONE: "Comment",
    Motif.Genre.VISIO: "Visioconférence",
    Motif.Genre.DOMICILE: "Lieu",
}


def build_contenu(
    rendezvous: RendezVous, *, participation: Participation, collectivite: Collectivite | None = None
) -> Contenu:
    """Gather what a message needs (three queries, one less when the town is at hand)."""
    town = collectivite or Collectivite.objects.get(pk=get_active_id())
    return Contenu(rendezvous, participation, town, find_guichet(rendezvous))


# The counter booked, else the one where whoever receives is then.
_GUICHET = """
SELECT COALESCE(g.libelle, (
           SELECT autre.libelle
             FROM rendezvous_occurrenceplage ouverte
             JOIN rendezvous_plageouverture p ON p.id = ouverte.plage_id
             JOIN rendezvous_guichet autre ON autre.id = p.guichet_id
            WHERE ouverte.ressource_id = o.ressource_id AND ouverte.lieu_id = %(lieu)s AND ouverte.jour = %(jour)s
              AND ouverte.debut_at <= %(debut)s AND ouverte.fin_at > %(debut)s
            ORDER BY ouverte.id LIMIT 1), '')
  FROM rendezvous_occupation o
  JOIN rendezvous_ressource r ON r.id = o.ressource_id
  LEFT JOIN rendezvous_guichet g ON g.id = r.guichet_id
 WHERE o.rendezvous_id = %(rdv)s OR o.seance_id = %(seance)s
 ORDER BY o.id LIMIT 1
"""


def find_guichet(rendezvous: RendezVous) -> str:
    """Return the counter booked, else the one where the agent receives then (one query); "" when nobody comes.

    Never an agent's name.
    """
    if rendezvous.motif.genre != Motif.Genre.SUR_PLACE:
        return ""
    wanted = {
        "rdv": rendezvous.pk, "seance": rendezvous.seance_id, "lieu": rendezvous.lieu_id, "jour": rendezvous.jour,
        "debut": rendezvous.debut_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_GUICHET, wanted)
        found = cursor.fetchone()
    return found[0] if found else ""


def build_variables(contenu: Contenu, canal: str) -> dict[str, str]:
    """Return the variables that every message about one appointment has, for this channel."""
    rdv, town, is_sms = contenu.rendezvous, contenu.collectivite, canal == SMS
    link = build_lien_court if is_sms else build_lien_gestion
    return {
        "collectivite": truncate(town.nom, NOM_SMS) if is_sms else town.nom,
        "usager": contenu.participation.usager.nom_complet,
        "numero": rdv.numero,
        "motif": contenu.motif,
        "quand": write_quand(rdv.debut_at, rdv.lieu.fuseau, annee=canal == COURRIEL),
        "ou": contenu.endroit_court if is_sms else contenu.endroit,
        "service": contenu.service,
        "telephone": contenu.telephone,
        "details": contenu.details,
        "documents": contenu.documents,
        "consignes": contenu.consignes,
        "contact": contenu.contact,
        "lien": link(contenu.participation, slug=town.slug),
    }
