"""What the API says of an usager."""

from typing import Any

from rest_framework import serializers

from citoyens.models import LienContact, PointContact, Usager


class RechercheSerializer(serializers.Serializer[Any]):
    """The question."""

    q = serializers.CharField(
        min_length=2, max_length=200,
        help_text="Ce que l'on sait de la personne\u00a0: nom, prénom, téléphone, courriel, naissance, adresse…",
    )  # fmt: skip
    limite = serializers.IntegerField(min_value=1, max_value=50, default=10, help_text="Nombre de réponses au plus.")


class ContactSerializer(serializers.Serializer[LienContact]):
    """One way to reach an usager."""

    nature = serializers.ChoiceField(choices=PointContact.Nature.choices, source="point.nature")
    valeur = serializers.CharField(source="point.valeur")
    libelle = serializers.CharField(help_text="Par exemple «\u00a0travail\u00a0».")
    est_prefere = serializers.BooleanField(source="is_prefere")
    en_echec = serializers.SerializerMethodField(help_text="Les derniers messages n'ont pas été remis.")

    def get_en_echec(self, link: LienContact) -> bool:
        """True when the last messages failed."""
        return link.point.failing_since is not None


class UsagerSerializer(serializers.Serializer[Usager]):
    """An usager and their contacts."""

    id = serializers.IntegerField()
    nature = serializers.ChoiceField(choices=Usager.Nature.choices)
    nom = serializers.CharField()
    nom_naissance = serializers.CharField()
    prenoms = serializers.CharField()
    naissance_le = serializers.DateField(source="naissance_on", allow_null=True)
    verification = serializers.ChoiceField(choices=Usager.Verification.choices)
    contacts = ContactSerializer(source="liens_contact.all", many=True)


class UsagersTrouvesSerializer(serializers.Serializer[Any]):
    """The answer: the most likely first."""

    resultats = UsagerSerializer(many=True)
