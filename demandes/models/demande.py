"""The demande: what an usager asked, who answers it, where it stands."""

from datetime import datetime

from django.db import models

from citoyens.models import Usager
from collectivites.acces import Acces
from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.domaines import Domaine
from collectivites.models import Agent, Service
from demandes.cycle import A_REPONDRE, CLOS, OUVERTS, Etat, Issue
from demandes.models.type_demande import Nature, TypeDemande, VersionFormulaire
from journal.historique import historise

RECUE_PAR = {
    "courriel": "par courriel",
    "telephone": "par téléphone",
    "guichet": "au guichet",
    "courrier": "par courrier",
    "formulaire": "par le formulaire en ligne",
    "sms": "par SMS",
    "reseau": "par un réseau social",
    "transfert": "d'une autre collectivité",
}


class DemandeQuerySet(models.QuerySet["Demande"]):
    """Reads of demandes, adjective by adjective. Full-text search is in `recherche.py`."""

    def visible_to(self, acces: Acces) -> "DemandeQuerySet":
        """Demandes whose content the agent may read: sealed domains only for their own agents."""
        return self.filter(domaine__in=acces.domaines)

    def open(self) -> "DemandeQuerySet":
        """Not closed."""
        return self.filter(etat__in=OUVERTS)

    def to_qualify(self) -> "DemandeQuerySet":
        """Received, and nobody has said yet what it is about or who answers."""
        return self.filter(etat=Etat.NOUVELLE)

    def assigned_to(self, agent_id: int) -> "DemandeQuerySet":
        """Open demandes of one agent."""
        return self.open().filter(agent_id=agent_id)

    def of_services(self, service_ids: list[int]) -> "DemandeQuerySet":
        """Open demandes of these services."""
        return self.open().filter(service_id__in=service_ids)

    def overdue(self, now: datetime) -> "DemandeQuerySet":
        """Demandes not answered yet, whose promised date has passed."""
        return self.filter(etat__in=A_REPONDRE, echeance_at__lt=now)

    def for_list(self) -> "DemandeQuerySet":
        """What a list row prints, and nothing else."""
        return self.select_related("usager", "service", "agent", "type").defer("description", "reponses")

    def for_fiche(self) -> "DemandeQuerySet":
        """What the page of one demande prints, except its conversation."""
        return self.select_related("usager", "service", "agent", "type__thematique")


@historise
class Demande(ModeleCloisonne):
    """One request. `version` grows with each write: two agents can't overwrite each other (optimistic lock)."""

    class Canal(models.TextChoices):
        COURRIEL = "courriel", "Courriel"
        TELEPHONE = "telephone", "Téléphone"
        GUICHET = "guichet", "Guichet"
        COURRIER = "courrier", "Courrier postal"
        FORMULAIRE = "formulaire", "Formulaire en ligne"
        SMS = "sms", "SMS"
        RESEAU = "reseau", "Réseau social"
        TRANSFERT = "transfert", "Autre collectivité"

    class ModeReponse(models.TextChoices):
        COURRIEL = "courriel", "Par courriel"
        SMS = "sms", "Par SMS"
        TELEPHONE = "telephone", "Par téléphone"
        COURRIER = "courrier", "Par courrier"
        SUR_PLACE = "sur_place", "Sur place"
        RESEAU = "reseau", "Sur le réseau social"

    class Priorite(models.IntegerChoices):
        NORMALE = 0, "Normale"
        HAUTE = 1, "Haute"
        URGENTE = 2, "Urgente"

    numero = models.CharField("numéro", max_length=20)  # « DEM-2026-0871 », per collectivité
    code_suivi = models.CharField("code de suivi", max_length=9)
    objet = models.CharField("objet", max_length=200)
    description = models.TextField("description", blank=True)
    type = ClefCloisonnee(TypeDemande, models.PROTECT, null=True, blank=True, verbose_name="type de demande")
    nature = models.CharField("nature", max_length=14, choices=Nature.choices, default=Nature.DEMANDE)
    version_formulaire = ClefCloisonnee(VersionFormulaire, models.PROTECT, null=True, blank=True)
    reponses = models.JSONField("réponses au formulaire", default=dict, blank=True)
    lieu = models.CharField("lieu concerné", max_length=300, blank=True)
    zone = models.CharField("zone", max_length=80, blank=True)
    domaine = models.CharField("domaine", max_length=20, choices=Domaine.choices, default=Domaine.GENERAL)
    canal = models.CharField("canal d'arrivée", max_length=12, choices=Canal.choices)
    mode_reponse = models.CharField("mode de réponse", max_length=12, choices=ModeReponse.choices)
    priorite = models.SmallIntegerField("priorité", choices=Priorite.choices, default=Priorite.NORMALE)
    etat = models.CharField("état", max_length=20, choices=Etat.choices, default=Etat.NOUVELLE)
    issue = models.CharField("issue", max_length=20, choices=Issue.choices, blank=True)
    usager = ClefCloisonnee(Usager, models.PROTECT, null=True, blank=True, related_name="demandes")
    service = ClefCloisonnee(Service, models.PROTECT, null=True, blank=True, verbose_name="service")
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name="agent"
    )
    received_at = models.DateTimeField("reçue le")  # first reception, by whoever: SVR runs from it (CRPA L114-3)
    competente_at = models.DateTimeField("reçue ici le", null=True, blank=True)  # by us, after a transfer: SVA and ARE
    created_at = models.DateTimeField("saisie le")
    echeance_at = models.DateTimeField("engagement", null=True, blank=True)
    legale_on = models.DateField("décision implicite le", null=True, blank=True)
    niveau = models.SmallIntegerField("niveau d'escalade", default=0)
    is_abusive = models.BooleanField("abusive", default=False)
    fusionnee_dans = ClefCloisonnee("self", models.PROTECT, null=True, blank=True)
    sujet_id = models.BigIntegerField("sujet commun", null=True, blank=True)
    externe = models.CharField(
        "fil extérieur", max_length=200, blank=True
    )  # thread of a network, origin of a transfer
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    last_message_at = models.DateTimeField("dernier échange le")
    is_unread = models.BooleanField("nouveau message de l'usager", default=False)
    version = models.IntegerField("version", default=1)

    objects = DemandeQuerySet.as_manager()

    class Rgpd:
        personnels = frozenset("objet description usager code_suivi reponses lieu externe".split())
        libres = frozenset(
            "id collectivite numero type nature version_formulaire zone domaine canal mode_reponse priorite etat "
            "issue service agent received_at competente_at created_at echeance_at legale_on niveau is_abusive "
            "fusionnee_dans sujet_id closed_at last_message_at is_unread version".split()
        )
        conservation = "deux ans après la clôture, sauf durée propre au type"

    class Meta:
        verbose_name = "demande"
        indexes = [
            models.Index(fields=["collectivite", "-received_at", "-id"], name="demande_recues_idx"),
            models.Index(
                fields=["collectivite", "echeance_at", "id"],
                name="demande_echeance_idx",
                condition=models.Q(etat__in=OUVERTS),
            ),
            models.Index(
                fields=["collectivite", "agent", "-received_at"],
                name="demande_agent_idx",
                condition=models.Q(etat__in=OUVERTS),
            ),
            models.Index(
                fields=["collectivite", "service", "-received_at"],
                name="demande_service_idx",
                condition=models.Q(etat__in=OUVERTS),
            ),
            models.Index(
                fields=["collectivite", "-received_at"],
                name="demande_a_qualifier_idx",
                condition=models.Q(etat="nouvelle"),
            ),
            models.Index(
                fields=["collectivite", "-last_message_at", "-id"],
                name="demande_non_lues_idx",
                condition=models.Q(is_unread=True),
            ),
            models.Index(fields=["collectivite", "usager", "-received_at"], name="demande_usager_idx"),
            models.Index(fields=["collectivite", "-last_message_at", "-id"], name="demande_dernier_idx"),
            models.Index(
                fields=["collectivite", "externe"], name="demande_externe_idx", condition=~models.Q(externe="")
            ),
            models.Index(fields=["closed_at"], name="demande_closed_idx", condition=models.Q(closed_at__isnull=False)),
            models.Index(
                fields=["collectivite", "sujet_id"],
                name="demande_sujet_idx",
                condition=models.Q(sujet_id__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "numero", name="demande_numero_unique"),
            models.UniqueConstraint("collectivite", "code_suivi", name="demande_code_suivi_unique"),
            models.UniqueConstraint(  # a hand-over from another town opens one demande
                "collectivite",
                "externe",
                name="demande_transfert_unique",
                condition=models.Q(externe__startswith="transfert:"),
            ),
            models.CheckConstraint(condition=models.Q(etat__in=Etat.values), name="demande_etat_connu"),
            models.CheckConstraint(
                condition=models.Q(etat__in=CLOS, closed_at__isnull=False) & ~models.Q(issue="")
                | models.Q(etat__in=OUVERTS, closed_at__isnull=True, issue=""),
                name="demande_close_si_issue",
            ),
            models.CheckConstraint(
                condition=models.Q(received_at__lte=models.F("created_at")), name="demande_recue_avant_saisie"
            ),
            models.CheckConstraint(
                condition=models.Q(fusionnee_dans__isnull=True) | models.Q(etat__in=CLOS),
                name="demande_fusionnee_est_close",
            ),
        ]

    def __str__(self) -> str:
        return self.numero

    @property
    def recue_par(self) -> str:
        """« par courriel », « au guichet »: how it came, after « reçue »."""
        return RECUE_PAR[self.canal]

    @property
    def is_open(self) -> bool:
        """True until it is closed."""
        return self.etat in OUVERTS

    def is_overdue(self, now: datetime) -> bool:
        """True when the promised date has passed and the usager still waits for an answer."""
        return self.etat in A_REPONDRE and self.echeance_at is not None and self.echeance_at < now


class PartieDemande(ModeleCloisonne):
    """An usager's role in a demande. Only parties may add to its conversation by e-mail."""

    class Role(models.TextChoices):
        DEMANDEUR = "demandeur", "Demandeur"
        BENEFICIAIRE = "beneficiaire", "Bénéficiaire"
        REPRESENTANT = "representant", "Représentant"
        TIERS = "tiers", "Tiers"

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="parties")
    usager = ClefCloisonnee(Usager, models.PROTECT)
    role = models.CharField("rôle", max_length=12, choices=Role.choices, default=Role.DEMANDEUR)

    class Rgpd:
        personnels = frozenset({"usager"})
        libres = frozenset("id collectivite demande role".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "partie"
        indexes = [models.Index(fields=["collectivite", "usager"], name="partie_usager_idx")]
        constraints = [
            models.UniqueConstraint("collectivite", "demande", "usager", "role", name="partie_unique"),
            models.UniqueConstraint(
                "collectivite", "demande", name="partie_un_demandeur", condition=models.Q(role="demandeur")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demande_id} {self.role} {self.usager_id}"
