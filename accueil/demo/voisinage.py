"""What one town hands over to another: a demande of Valmont that only Aurelle can answer (CRPA L114-2)."""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from accueil.demo.registre import settle_ledger
from citoyens.models import Usager
from collectivites.cloison import collectivite_active
from demandes import actions
from demandes.concours.remise import deliver_transfert
from demandes.concours.transferts import Renvoi, transfer
from demandes.models import Demande, Transfert


def hand_over(villes: dict[str, Ville], *, horloge: Horloge) -> None:
    """Open a demande in the village, transfer it to the town, open it there."""
    village, town = villes["valmont"], villes["aurelle"]
    at = horloge.ago(3, "10:20")
    with collectivite_active(village.collectivite.pk):
        transfert = _leave(village, town, horloge)
        settle_ledger(at=horloge.at)
    deliver_transfert(
        collectivite_id=village.collectivite.pk, transfert_id=transfert.pk, at=at + timedelta(minutes=31)
    )
    with collectivite_active(town.collectivite.pk):
        settle_ledger(at=horloge.at)


def _leave(village: Ville, town: Ville, horloge: Horloge) -> Transfert:
    at = horloge.ago(3, "10:20")
    by = village.acteur("martine.lebrun")
    demande = actions.open_demande(
        objet="Renouveler mon passeport", description="Je pars en mars, le mien finit en janvier.",
        canal=Demande.Canal.GUICHET, mode_reponse=Demande.ModeReponse.SUR_PLACE, received_at=at, by=by, at=at,
        usager=Usager.objects.filter(nature=Usager.Nature.PERSONNE).order_by("pk").first(),
    )  # fmt: skip
    return transfer(
        demande=demande, version=demande.version,
        renvoi=Renvoi(
            destination=town.collectivite, canal="guichet",
            motif="Seule la mairie d'Aurelle enregistre les passeports.",
        ),
        clef=uuid5(NAMESPACE_URL, "guichet:demo:transfert"), by=by, at=at + timedelta(minutes=30),
    )  # fmt: skip
