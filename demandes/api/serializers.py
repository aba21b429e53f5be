"""What the API says of a demande, and what it needs to open one."""

from typing import Any

from rest_framework import serializers

from citoyens.models import Usager
from collectivites.domaines import Domaine
from collectivites.models import Service
from demandes.cycle import Etat, Issue
from demandes.models import Demande, Message, TypeDemande

TAILLE_MAX = 100


class FiltresSerializer(serializers.Serializer[Any]):
    """The filters of the list."""

    etat = serializers.ChoiceField(choices=Etat.choices, required=False)
    service = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="Identifiant du service."
    )
    modifie_depuis = serializers.DateTimeField(
        required=False,
        help_text="Seulement les demandes changées depuis cet instant (ISO 8601). Pour une synchronisation, reprenez "
        "quelques minutes avant votre dernier passage.",
    )
    taille = serializers.IntegerField(min_value=1, max_value=TAILLE_MAX, default=50)
    curseur = serializers.CharField(
        required=False, help_text="Donné par «\u00a0suivant\u00a0»\u00a0; ne le fabriquez pas."
    )


class ServiceSerializer(serializers.Serializer[Service]):
    """A service, in short."""

    id = serializers.IntegerField()
    nom = serializers.CharField()


class TypeSerializer(serializers.Serializer[TypeDemande]):
    """A kind of demande, in short."""

    id = serializers.IntegerField()
    libelle = serializers.CharField()
    thematique = serializers.CharField(source="thematique.libelle")


class DemandeurSerializer(serializers.Serializer[Usager]):
    """Who asked."""

    id = serializers.IntegerField()
    nom = serializers.CharField(source="nom_complet")


class DemandeSerializer(serializers.Serializer[Demande]):
    """A line of the list."""

    numero = serializers.CharField()
    objet = serializers.CharField()
    etat = serializers.ChoiceField(choices=Etat.choices)
    issue = serializers.ChoiceField(choices=[("", "Encore ouverte"), *Issue.choices])
    domaine = serializers.ChoiceField(choices=Domaine.choices)
    priorite = serializers.ChoiceField(choices=Demande.Priorite.choices)
    canal = serializers.ChoiceField(choices=Demande.Canal.choices)
    mode_reponse = serializers.ChoiceField(choices=Demande.ModeReponse.choices)
    type = TypeSerializer(allow_null=True)
    service = ServiceSerializer(allow_null=True)
    usager = DemandeurSerializer(allow_null=True)
    recue_le = serializers.DateTimeField(source="received_at")
    engagement_le = serializers.DateTimeField(source="echeance_at", allow_null=True)
    close_le = serializers.DateTimeField(source="closed_at", allow_null=True)
    dernier_echange_le = serializers.DateTimeField(source="last_message_at")


class PageDemandesSerializer(serializers.Serializer[Any]):
    """A page of the list."""

    resultats = DemandeSerializer(many=True)
    suivant = serializers.URLField(allow_null=True, help_text="Adresse de la page suivante\u00a0; null à la fin.")


class EchangeSerializer(serializers.Serializer[Message]):
    """A message received or sent; internal notes never leave."""

    sens = serializers.ChoiceField(choices=[(s.value, s.label) for s in (Message.Sens.ENTRANT, Message.Sens.SORTANT)])
    canal = serializers.ChoiceField(choices=Message.Canal.choices)
    est_automatique = serializers.BooleanField(source="is_automatique")
    texte = serializers.CharField()
    le = serializers.DateTimeField(source="at")


class FicheDemandeSerializer(DemandeSerializer):
    """One demande with its text and its conversation."""

    description = serializers.CharField()
    echanges = EchangeSerializer(many=True)


class DepotSerializer(serializers.Serializer[Any]):
    """What opens a demande."""

    objet = serializers.CharField(max_length=200)
    description = serializers.CharField(default="", allow_blank=True, max_length=20_000)
    canal = serializers.ChoiceField(choices=Demande.Canal.choices, help_text="Par où l'usager s'est adressé à vous.")
    mode_reponse = serializers.ChoiceField(choices=Demande.ModeReponse.choices)
    recue_le = serializers.DateTimeField(
        required=False, help_text="Date de réception, qui fait courir les délais\u00a0; par défaut maintenant."
    )
    usager = serializers.PrimaryKeyRelatedField(
        queryset=Usager.objects.all(), required=False, allow_null=True, help_text="Identifiant, lu dans usagers/."
    )
    type = serializers.PrimaryKeyRelatedField(
        queryset=TypeDemande.objects.filter(is_active=True).select_related("service", "version_courante"),
        required=False, allow_null=True,
        help_text="Identifiant, lu dans demarches/.",
    )  # fmt: skip
    reponses = serializers.DictField(
        required=False, default=dict,
        help_text="Réponses au formulaire de la démarche\u00a0: code de la question, réponse. Lisez-le dans "
        "demarches/{id}/formulaire/.",
    )  # fmt: skip
    courriel = serializers.EmailField(
        default="",
        allow_blank=True,
        help_text="Adresse d'où vient la demande\u00a0: l'accusé d'enregistrement y part.",
    )


class RecepisseSerializer(serializers.Serializer[Demande]):
    """What to give to the usager."""

    numero = serializers.CharField()
    code_suivi = serializers.CharField()
    recue_le = serializers.DateTimeField(source="received_at")
    engagement_le = serializers.DateTimeField(source="echeance_at", allow_null=True)


class TypesSerializer(serializers.Serializer[Any]):
    """The catalogue."""

    resultats = TypeSerializer(many=True)
