"""What the API says of motifs, of free slots and of appointments, and what it needs to book one."""

from datetime import date
from typing import Any

from rest_framework import serializers

from demandes.api.serializers import ServiceSerializer
from rendezvous.etats import Etat
from rendezvous.models import Motif
from rendezvous.models.motif import PERSONNES_MAX

GRAND = 2**62
AN_MIN, AN_MAX = 2000, 2100
ETATS = [each for each in Etat.choices if each[0] != Etat.OPTION]  # a slot merely retained is nobody's business
INSTANT = "Instant ISO 8601 avec le décalage du lieu, par exemple 2026-11-24T09:40:00+01:00."
JOUR = "Jour local du lieu (AAAA-MM-JJ)."
SECTEUR = "Adresse de l'usager, pour un motif sectorisé\u00a0: elle donne son secteur et n'est pas gardée."


class LieuSerializer(serializers.Serializer[Any]):
    """Where the public is received."""

    id = serializers.IntegerField()
    nom = serializers.CharField()
    adresse = serializers.CharField()
    code_postal = serializers.CharField()
    ville = serializers.CharField()
    fuseau = serializers.CharField(help_text="Nom IANA, par exemple Europe/Paris.")


class MotifSerializer(serializers.Serializer[Motif]):
    """Why one comes, and what it asks. `durees[n - 1]`: minutes for n persons or files."""

    id = serializers.IntegerField()
    libelle = serializers.CharField()
    service = ServiceSerializer()
    genre = serializers.ChoiceField(choices=Motif.Genre.choices)
    durees = serializers.ListField(
        child=serializers.IntegerField(), help_text="Minutes pour 1, 2, 3… personnes ou dossiers."
    )
    unite = serializers.CharField(source="unite_personnes", help_text="Ce que l'on compte\u00a0: personne, dossier.")
    est_collectif = serializers.BooleanField(source="is_collectif")
    est_sectorise = serializers.BooleanField(source="is_sectorise")
    titre_identite = serializers.ChoiceField(source="categorie_ants", choices=Motif.CategorieAnts.choices)
    delai_min_minutes = serializers.IntegerField()
    delai_max_jours = serializers.IntegerField()
    annulable_minutes = serializers.IntegerField(help_text="Jusqu'à combien de minutes avant l'usager annule seul.")
    deplacable_minutes = serializers.IntegerField(help_text="Jusqu'à combien de minutes avant il déplace seul.")
    pieces = serializers.ListField(child=serializers.CharField(), help_text="À apporter.")
    consignes_avant = serializers.CharField()
    consignes_apres = serializers.CharField()


class MotifsSerializer(serializers.Serializer[Any]):
    """What may be booked."""

    resultats = MotifSerializer(many=True)


class RechercheSerializer(serializers.Serializer[Any]):
    """The question: which motif, which days, for how many, where."""

    motif = serializers.IntegerField(min_value=1, max_value=GRAND, help_text="Identifiant, lu dans motifs/.")
    lieu = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=GRAND), required=False, max_length=50,
        help_text="Identifiant d'un lieu\u00a0; répétez le paramètre pour plusieurs. Tous par défaut.",
    )  # fmt: skip
    du = serializers.DateField(required=False, help_text=f"{JOUR} Aujourd'hui par défaut.")
    au = serializers.DateField(
        required=False, help_text=f"{JOUR} Compris\u00a0; 60 jours au plus après «\u00a0du\u00a0»."
    )
    personnes = serializers.IntegerField(min_value=1, max_value=PERSONNES_MAX, default=1)
    adresse = serializers.CharField(required=False, max_length=250, help_text=SECTEUR)

    def validate_du(self, value: date) -> date:
        """Refuse a day nobody plans: a week is added to it."""
        return _check_jour(value)

    def validate_au(self, value: date) -> date:
        """Refuse a day nobody plans."""
        return _check_jour(value)


def _check_jour(jour: date) -> date:
    if not AN_MIN <= jour.year <= AN_MAX:
        raise serializers.ValidationError(f"Donnez un jour de {AN_MIN} à {AN_MAX}.")
    return jour


class CreneauSerializer(serializers.Serializer[Any]):
    """A time that can be booked."""

    debut = serializers.DateTimeField(help_text=INSTANT)
    fin = serializers.DateTimeField(help_text=INSTANT)
    lieu = serializers.IntegerField()
    seance = serializers.IntegerField(allow_null=True, help_text="Séance collective, à rendre telle quelle.")
    places = serializers.IntegerField(help_text="Places encore libres à cette heure.")


class CreneauxSerializer(serializers.Serializer[Any]):
    """Free slots in order of time; a picture, never a promise."""

    motif = serializers.IntegerField()
    personnes = serializers.IntegerField()
    du = serializers.DateField()
    au = serializers.DateField()
    resultats = CreneauSerializer(many=True)


class ParticipantSerializer(serializers.Serializer[Any]):
    """A person who comes. The first one is written to: an e-mail address or a mobile is needed."""

    nom = serializers.CharField(max_length=120)
    prenom = serializers.CharField(max_length=120, default="", allow_blank=True)
    courriel = serializers.CharField(max_length=320, default="", allow_blank=True)
    telephone = serializers.CharField(max_length=20, default="", allow_blank=True)
    numero_predemande = serializers.CharField(
        max_length=20, default="", allow_blank=True, help_text="France Titres\u00a0: dix lettres ou chiffres."
    )


class PlaceSerializer(serializers.Serializer[Any]):
    """When and where, as free slots gave it."""

    lieu = serializers.IntegerField(min_value=1, max_value=GRAND)
    debut = serializers.DateTimeField(help_text=f"{INSTANT} Le décalage est obligatoire.")
    seance = serializers.IntegerField(min_value=1, max_value=GRAND, required=False, allow_null=True, default=None)
    adresse = serializers.CharField(
        default="", allow_blank=True, max_length=300,
        help_text="Adresse de l'usager\u00a0: où l'on vient à domicile, et le secteur d'un motif sectorisé.",
    )  # fmt: skip


class DepotRendezVousSerializer(PlaceSerializer):
    """What books an appointment."""

    motif = serializers.IntegerField(min_value=1, max_value=GRAND)
    personnes = serializers.IntegerField(min_value=1, max_value=PERSONNES_MAX, default=1)
    participants = serializers.ListField(child=ParticipantSerializer(), min_length=1, max_length=PERSONNES_MAX)
    message = serializers.CharField(max_length=1000, default="", allow_blank=True)


class AnnulationSerializer(serializers.Serializer[Any]):
    """Why, and what was read."""

    raison = serializers.CharField(max_length=200, default="", allow_blank=True)
    version = serializers.IntegerField(
        required=False, min_value=1, max_value=GRAND, help_text="Celle que vous avez lue\u00a0: 409 si elle a changé."
    )


class DeplacementSerializer(PlaceSerializer):
    """Another time for the same appointment."""

    version = serializers.IntegerField(
        required=False, min_value=1, max_value=GRAND, help_text="Celle que vous avez lue\u00a0: 409 si elle a changé."
    )


class VenantSerializer(serializers.Serializer[Any]):
    """Who comes."""

    usager = serializers.IntegerField(help_text="Identifiant, celui de usagers/.")
    nom = serializers.CharField()
    numero_predemande = serializers.CharField()


class MotifCourtSerializer(serializers.Serializer[Any]):
    """A motif, in short."""

    id = serializers.IntegerField()
    libelle = serializers.CharField()


class RendezVousSerializer(serializers.Serializer[Any]):
    """An appointment."""

    numero = serializers.CharField()
    etat = serializers.ChoiceField(choices=ETATS)
    motif = MotifCourtSerializer()
    service = ServiceSerializer()
    lieu = LieuSerializer()
    debut = serializers.DateTimeField(help_text=INSTANT)
    fin = serializers.DateTimeField(help_text=INSTANT)
    personnes = serializers.IntegerField()
    participants = VenantSerializer(many=True)
    version = serializers.IntegerField(help_text="Grandit à chaque changement.")


class RecuSerializer(RendezVousSerializer):
    """An appointment just booked, with the link of the usager: it sees, moves and cancels; give it to nobody else."""

    lien_gestion = serializers.URLField()


class ProblemeCreneauSerializer(serializers.Serializer[Any]):
    """409: somebody was quicker (RFC 9457), with the nearest slots that are left."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    alternatives = CreneauSerializer(many=True, required=False)
