"""Rows of one town, table by table, as tuples in the order of `COLONNES`. Nothing is kept in memory twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from accueil.volume.noms import Noms
from socle.identifiants import ALPHABET_SUIVI
from socle.texte import normalise

COLONNES: dict[str, str] = {
    "citoyens_usager": "id collectivite_id nature civilite nom nom_naissance prenoms naissance_on siret rna langue "
    "verification is_electronique_refuse is_nom_usage_choisi created_at version",
    "citoyens_pointcontact": "id collectivite_id nature valeur normalisee",
    "citoyens_liencontact": "collectivite_id usager_id point_id libelle is_prefere",
    "demandes_demande": "id collectivite_id numero code_suivi objet description type_id nature reponses lieu zone "
    "domaine canal mode_reponse priorite etat issue usager_id service_id agent_id received_at created_at echeance_at "
    "niveau is_abusive externe closed_at last_message_at is_unread version",
    "demandes_partiedemande": "collectivite_id demande_id usager_id role",
    "demandes_message": "collectivite_id demande_id sens canal is_automatique texte texte_complet html "
    "expediteur_libelle adresse usager_id agent_id message_id at",
    "citoyens_interaction": "collectivite_id usager_id at genre sens canal domaine titre resume objet_type objet_id "
    "acteur_libelle",
}
Ligne = tuple[object, ...]

SUJETS = (
    "Lampadaire éteint", "Nid-de-poule", "Dépôt sauvage", "Inscription à la cantine", "Acte de naissance",
    "Renouvellement de passeport", "Carte d'identité perdue", "Place en crèche", "Permis de construire",
    "Déclaration préalable", "Subvention d'association", "Location de salle", "Nuisances sonores",
    "Stationnement gênant", "Élagage d'un arbre", "Collecte des encombrants", "Concession au cimetière",
    "Liste électorale", "Piscine municipale", "Facture de périscolaire",
)  # fmt: skip
RUES = "des Tanneurs|Jean-Jaurès|de la République|du Port|des Écoles|Victor-Hugo|de l'Église|des Lilas".split("|")
ETATS_OUVERTS = ("nouvelle", "a_traiter", "en_cours", "en_attente_usager", "en_attente_tiers", "traitee")
CANAUX = ("courriel", "telephone", "guichet", "courrier")


@dataclass
class Ville:
    """What the rows of a town point to, and how many to make; ids are reserved by the caller."""

    collectivite_id: int
    usagers: int
    demandes: int
    premier_usager: int
    premier_point: int
    premiere_demande: int
    services: list[tuple[int, str]]  # id, domaine
    types: list[tuple[int, int, str]]  # id, service, domaine
    agents: list[int]


class Fabrique:
    """Makes the rows of every town from one seed."""

    def __init__(self, graine: int, maintenant: datetime) -> None:
        self.rng = Random(graine)  # noqa: S311 believable data, not a secret
        self.noms = Noms(self.rng)
        self.maintenant = maintenant.astimezone(UTC)

    def usagers(self, ville: Ville) -> Iterator[Ligne]:
        """People, with one association and one company in fifty."""
        noms, prenoms = self.noms.draw_noms(ville.usagers), self.noms.draw_prenoms(ville.usagers)
        for index, (nom, prenom) in enumerate(zip(noms, prenoms, strict=True)):
            pk, personne = ville.premier_usager + index, index % 50 > 1
            born = date(1930, 1, 1) + timedelta(days=self.rng.randrange(34_000))
            yield (
                pk, ville.collectivite_id, "personne" if personne else ("association", "entreprise")[index % 2],
                "", nom if personne else f"{nom} {prenom} et compagnie", "", prenom if personne else "",
                born if personne else None, "", "", "fr", "declaratif", False, False,
                self.maintenant - timedelta(days=self.rng.randrange(1500)), 1,
            )  # fmt: skip

    def points(self, ville: Ville) -> Iterator[Ligne]:
        """Two contact points a usager: a mobile and an e-mail. One e-mail in twenty serves two usagers."""
        for index in range(ville.usagers):
            pk, number = ville.premier_point + 2 * index, ville.premier_usager + index
            mobile = f"+336{(number * 7_919) % 100_000_000:08d}"
            courriel = f"usager.{number}@exemple.fr"
            yield pk, ville.collectivite_id, "mobile", mobile, mobile
            yield pk + 1, ville.collectivite_id, "courriel", courriel, courriel

    def liens(self, ville: Ville) -> Iterator[Ligne]:
        """Who is reached where."""
        for index in range(ville.usagers):
            usager, point = ville.premier_usager + index, ville.premier_point + 2 * index
            yield ville.collectivite_id, usager, point, "", True
            shared = index and index % 20 == 0
            yield ville.collectivite_id, usager, point - 1 if shared else point + 1, "", False

    def demandes(self, ville: Ville) -> Iterator[Ligne]:
        """Demandes over three years, one in ten still open; the oldest first, so that numbers follow time."""
        letters = self.rng.choices(ALPHABET_SUIVI, k=4)
        step = timedelta(days=1095) / max(ville.demandes, 1)
        for index in range(ville.demandes):
            received = self.maintenant - timedelta(days=1095) + step * index
            type_id, service_id, domaine = ville.types[self.rng.randrange(len(ville.types))]
            is_open = self.rng.random() < (0.45 if index > ville.demandes * 0.8 else 0.012)
            etat = self.rng.choice(ETATS_OUVERTS) if is_open else "close"
            canal = CANAUX[index % 4]
            yield (
                ville.premiere_demande + index, ville.collectivite_id, f"DEM-{received.year}-{index + 1:04d}",
                _code(index, letters), self._objet(index), self._description(index), type_id,
                "demande", "{}", "", "", domaine, canal,
                "courriel" if canal == "courriel" else "telephone", 0, etat, "" if is_open else "satisfaite",
                self._usager(ville, index), service_id,
                self.rng.choice(ville.agents) if etat != "nouvelle" and index % 3 else None,
                received, received, received + timedelta(days=14), 0, False, "",
                None if is_open else received + timedelta(days=9),
                received + timedelta(days=1), is_open and index % 5 == 0, 1,
            )  # fmt: skip

    def parties(self, ville: Ville) -> Iterator[Ligne]:
        """Each demande has its demandeur."""
        for index in range(ville.demandes):
            yield ville.collectivite_id, ville.premiere_demande + index, self._usager(ville, index), "demandeur"

    def messages(self, ville: Ville) -> Iterator[Ligne]:
        """The first message of each demande, and an answer for one in two."""
        step = timedelta(days=1095) / max(ville.demandes, 1)
        for index in range(ville.demandes):
            pk, at = ville.premiere_demande + index, self.maintenant - timedelta(days=1095) + step * index
            base = (ville.collectivite_id, pk)
            usager = self._usager(ville, index)
            text = self._description(index)
            canal = CANAUX[index % 4]
            yield (*base, "entrant", canal, False, text, "", "", "Usager", "", usager, None, "", at)
            if index % 2:
                answer = "Bonjour, nous avons transmis votre demande au service. Cordialement, la mairie."
                at += timedelta(days=1)
                yield (*base, "sortant", "courriel", False, answer, "", "", "Mairie", "", usager, None, "", at)

    def interactions(self, ville: Ville) -> Iterator[Ligne]:
        """One row of the timeline for each demande."""
        step = timedelta(days=1095) / max(ville.demandes, 1)
        for index in range(ville.demandes):
            at = self.maintenant - timedelta(days=1095) + step * index
            domaine = ville.types[index % len(ville.types)][2]
            yield (
                ville.collectivite_id, self._usager(ville, index), at, "demande", "entrant", CANAUX[index % 4],
                domaine, self._objet(index), "", "demande", ville.premiere_demande + index, "Usager",
            )  # fmt: skip

    def _usager(self, ville: Ville, index: int) -> int:
        """Spread demandes over usagers, some having many (a stable function of the index: four tables agree)."""
        spread = (index * 2_654_435_761) % (2**32) / 2**32
        return ville.premier_usager + int(spread * spread * ville.usagers)

    @staticmethod
    def _objet(index: int) -> str:
        return f"{SUJETS[index % len(SUJETS)]} rue {RUES[index // 7 % len(RUES)]}"

    @staticmethod
    def _description(index: int) -> str:
        subject, street = SUJETS[index % len(SUJETS)].lower(), RUES[index // 7 % len(RUES)]
        return (
            f"Bonjour, je vous écris au sujet de : {subject}, au {index % 120 + 1} rue {street}. "
            f"Cela dure depuis {index % 28 + 2} jours et personne n'est venu. Merci de me dire ce qui est prévu. "
            f"Dossier {index:06x}."
        )


def _code(index: int, letters: list[str]) -> str:
    """A tracking code unique in the town: the index in base 32, behind letters of the seed."""
    size = len(ALPHABET_SUIVI)
    digits = [ALPHABET_SUIVI[index // size**power % size] for power in (4, 3, 2, 1, 0)]
    code = "".join(letters[:3] + digits)
    return f"{code[:4]}-{code[4:]}"


def describe_ville(index: int) -> tuple[str, str]:
    """Return slug and name of the nth volume town."""
    nom = f"Volume-{index:03d}"
    return normalise(nom).replace(" ", "-"), nom
