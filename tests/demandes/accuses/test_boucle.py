"""Two machines never thank each other, even when a human opens a demande from what one of them wrote."""

from datetime import datetime, timedelta

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Service
from demandes.actions import qualify
from demandes.models import AccuseReception, Demande, Message, Thematique, TypeDemande
from demandes.reception.quarantaine import open_from_entree
from tests.demandes.reception.conftest import Ecrire, Recevoir, Ville, at, aurelle, depot, ecrire, recevoir

__all__ = ["at", "aurelle", "depot", "ecrire", "recevoir"]


def test_an_automatic_mail_opened_then_qualified_is_never_acknowledged(
    aurelle: Ville, recevoir: Recevoir, ecrire: Ecrire, at: datetime
) -> None:
    entree = recevoir(aurelle, ecrire(entetes={"Auto-Submitted": "auto-generated"}))
    by = Acteur(nature="automate", libelle="Essai")
    with collectivite_active(aurelle.pk):
        open_from_entree(entree=entree, by=by, at=at + timedelta(minutes=5))
        demande = Demande.objects.get()
        assert Message.objects.get(demande=demande, sens="entrant").is_automatique
        Service.objects.update(telephone="0199001234", courriel="voirie@aurelle.example")
        type_ = TypeDemande.objects.create(
            libelle="Voirie", thematique=Thematique.objects.named("Voirie"), service=Service.objects.get(),
            regime_silence="aucun", domaine="cadre_de_vie",
        )  # fmt: skip
        qualify(
            demande=demande,
            version=demande.version,
            type=type_,
            service=None,
            priorite=0,
            by=by,
            at=at + timedelta(hours=1),
        )
        assert Demande.objects.get().type == type_
        assert not AccuseReception.objects.exists()
