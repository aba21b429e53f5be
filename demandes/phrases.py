"""What each verb of demandes means in French: for the journal, the page of a demande, the one who was too late."""

from collections.abc import Mapping

from collectivites.domaines import Domaine
from demandes.cycle import Etat, Issue
from demandes.models import Demande
from demandes.models.demande import RECUE_PAR
from journal.models import Evenement
from journal.phrases import Phrase


def _canal(line: Evenement) -> str:
    return RECUE_PAR.get(line.details.get("canal", ""), "")


def _label(choices: type[Etat] | type[Issue], value: str) -> str:
    return choices(value).label.lower() if value in choices.values else value


def _opened(line: Evenement) -> str:
    return f"demande reçue {_canal(line)}".strip()


def _received(line: Evenement) -> str:
    kind = "réponse automatique reçue" if line.details.get("automatique") else "message reçu"
    return f"{kind} {_canal(line)}".strip()


def _replied(line: Evenement) -> str:
    noted = line.details.get("canal") not in {"courriel", "sms"}
    return f"réponse {'donnée' if noted else 'envoyée'} {_canal(line)}".strip()


def _acknowledged(line: Evenement) -> str:
    if line.details.get("abusif"):
        return "aucun accusé : envoi signalé comme abusif, ou expéditeur bloqué"
    if line.details.get("sans_contact"):
        return "aucun accusé : aucune adresse connue pour répondre"
    what = "accusé d'enregistrement" if line.details.get("nature", "aee") == "aee" else "accusé de réception"
    return f"{what} {_canal(line)}".strip()


def _posted(line: Evenement) -> str:
    return f"lettre {line.details.get('chrono', '')} postée"


def _cancelled(line: Evenement) -> str:
    return f"lettre {line.details.get('chrono', '')} annulée"


def _qualified(line: Evenement) -> str:
    sealed = line.details.get("domaine", "")
    if sealed in Domaine.values:
        return f"qualifiée, domaine réservé «\u00a0{Domaine(sealed).label}\u00a0»"
    kind = line.details.get("type") or "sans type"
    service = line.details.get("service")
    return f"qualifiée «\u00a0{kind}\u00a0»" + (f", service {service}" if service else "")


def _assigned(line: Evenement) -> str:
    service = line.details.get("service")
    if line.details.get("a_soi"):
        return "prise en charge"
    to = "affectée à un agent" if line.details.get("agent") else "affectée"
    return f"{to}, service {service}" if service else to


def _moved(line: Evenement) -> str:
    return f"passée à «\u00a0{_label(Etat, line.details.get('apres', ''))}\u00a0»"


def _closed(line: Evenement) -> str:
    return f"close : {_label(Issue, line.details.get('issue', ''))}"


def _reopened(line: Evenement) -> str:
    return "rouverte par un message de l'usager" if line.details.get("message") else "rouverte"


def _published(line: Evenement) -> str:
    return f"type de demande publié, version {line.details.get('version', '?')} du formulaire"


def _sown(line: Evenement) -> str:
    return f"catalogue usuel ajouté\u00a0: {line.details.get('crees', 0)} types de demande"


def _prioritised(line: Evenement) -> str:
    words = dict(Demande.Priorite.choices)
    return f"priorité «\u00a0{words.get(line.details.get('priorite', 0), '?')}\u00a0»"


def _zoned(line: Evenement) -> str:
    zone = line.details.get("zone")
    return f"zone «\u00a0{zone}\u00a0»" if zone else "zone retirée"


def _bulk(what: str) -> Phrase:
    def tell(line: Evenement) -> str:
        number = line.details.get("nombre", 0)
        return f"{what} sur {number}\u00a0demande{'s' if number > 1 else ''}"

    return tell


def _undelivered(line: Evenement) -> str:
    return f"message non remis {_canal(line)}".strip()


def _escalated(line: Evenement) -> str:
    to = line.details.get("service")
    return f"transmise par escalade, niveau {line.details.get('niveau', 1)}" + (f", service {to}" if to else "")


def _given_back(line: Evenement) -> str:
    return f"rendue après escalade, niveau {line.details.get('niveau', 0)}"


def _tied(what: str) -> Phrase:
    def tell(line: Evenement) -> str:
        return f"{what} {line.details.get('numero') or 'une autre demande'}"

    return tell


def _subject(line: Evenement) -> str:
    titre = line.details.get("titre")
    return f"rattachée au sujet commun «\u00a0{titre}\u00a0»" if titre else "rattachée à un sujet commun"


_RAPPELS = {
    "engagement": "engagement du service",
    "aee": "accusé d'enregistrement",
    "are": "accusé de réception",
    "decision": "décision implicite",
    "reponse": "réponse due",
    "complement": "compléments attendus",
}


_SENS = {True: "d'acceptation", False: "de rejet"}


def _reminded(line: Evenement) -> str:
    what, step = _RAPPELS.get(line.details.get("nature", ""), "échéance"), line.details.get("palier", "")
    if step == "a":
        return f"échéance passée\u00a0: {what}"
    return f"escalade\u00a0: {what}" if step in {"apres", "escalade"} else f"rappel\u00a0: {what}"


def _born(line: Evenement) -> str:
    accepted = line.details.get("effet") == "acceptation"
    return f"décision implicite {_SENS[accepted]} née"


PHRASES: Mapping[str, Phrase | str] = {
    "demande.rappel": _reminded,
    "demande.decision_implicite": _born,
    "demande.ouverte": _opened,
    "demande.accusee": _acknowledged,
    "demande.attestation": "attestation de décision implicite d'acceptation établie",
    "demande.motifs_demandes": "motifs du rejet implicite demandés par l'usager",
    "demande.preuves": "dossier de preuves préparé",
    "courrier.poste": _posted,
    "courrier.annule": _cancelled,
    "lot_impression.prepare": "lettres préparées pour l'impression",
    "demande.message_recu": _received,
    "demande.reponse": _replied,
    "demande.note": "note interne ajoutée",
    "demande.piece_infectee": "fichier infecté écarté",
    "demande.qualifiee": _qualified,
    "demande.domaine": lambda line: f"domaine de {line.details.get('nombre', 0)} demande(s) changé",
    "demande.affectee": _assigned,
    "demande.rendue_au_service": "revenue au service : l'agent n'y travaille plus",
    "demande.escaladee": _escalated,
    "demande.rendue": _given_back,
    "demande.suivie": "suivie",
    "demande.non_suivie": "plus suivie",
    "demande.tache": "tâche ajoutée",
    "demande.tache_changee": "tâche modifiée",
    "demande.tache_faite": "tâche faite",
    "demande.tache_a_refaire": "tâche à refaire",
    "demande.tache_retiree": "tâche supprimée",
    "demande.liee": _tied("liée à"),
    "demande.deliee": _tied("déliée de"),
    "demande.fusionnee": _tied("fusionnée dans"),
    "demande.a_recu": _tied("a reçu le contenu de"),
    "demande.fusion_annulee": _tied("fusion annulée avec"),
    "demande.message_detache": _tied("message détaché vers"),
    "demande.sujet": _subject,
    "demande.hors_sujet": "retirée d'un sujet commun",
    "sujet.ouvert": "sujet commun ouvert",
    "sujet.modifie": "sujet commun modifié",
    "sujet.repondu": "réponse à tous envoyée",
    "sujet.clos": "sujet commun clos",
    "absence.saisie": "absence saisie",
    "absence.retiree": "absence supprimée",
    "demande.etat": _moved,
    "demande.close": _closed,
    "demande.rouverte": _reopened,
    "demande.identifiee": "usager identifié",
    "demande.non_remis": _undelivered,
    "demande.priorisee": _prioritised,
    "demande.zone": _zoned,
    "demande.abusive": "signalée comme envoi abusif",
    "demande.non_abusive": "signalement d'envoi abusif retiré",
    "demande.geste_annule": "geste annulé",
    "demande.message_automatique": "message automatique envoyé",
    "regle.creee": "règle créée",
    "regle.modifiee": "règle modifiée",
    "regle.en_service": "règle mise en service",
    "regle.hors_service": "règle mise hors service",
    "regle.suspendue": "règle suspendue : elle tournait en rond",
    "regle.retiree": "règle supprimée",
    "regle.ordre": "ordre des règles changé",
    "macro.creee": "macro créée",
    "macro.modifiee": "macro modifiée",
    "macro.retiree": "macro supprimée",
    "zone.creee": "zone créée",
    "zone.modifiee": "zone modifiée",
    "zone.retiree": "zone supprimée",
    "blocage.pose": "expéditeur bloqué",
    "blocage.leve": "blocage d'un expéditeur levé",
    "groupee.lancee": _bulk("action groupée lancée"),
    "groupee.finie": _bulk("action groupée finie"),
    "groupee.annulee": _bulk("action groupée annulée"),
    "demande.exportees": lambda line: f"liste exportée, {line.details.get('lignes', 0)} demandes",
    "modele_reponse.cree": "modèle de réponse créé",
    "modele_reponse.modifie": "modèle de réponse modifié",
    "vue.gardee": "vue de liste gardée",
    "vue.supprimee": "vue de liste supprimée",
    "type_demande.cree": "type de demande créé",
    "type_demande.modifie": "type de demande modifié",
    "type_demande.retire": "type de demande retiré",
    "type_demande.propose": "type de demande proposé de nouveau",
    "type_demande.formulaire": "formulaire d'un type de demande modifié",
    "type_demande.publie": _published,
    "thematique.creee": "thématique ajoutée",
    "thematique.modifiee": "thématique modifiée",
    "thematique.deplacee": "thématique déplacée",
    "thematique.retiree": "thématique retirée",
    "thematique.reprise": "thématique reprise",
    "catalogue.seme": _sown,
    "connecteur.cree": "connecteur créé",
    "connecteur.clefs": "adresse et secret d'un connecteur changés",
    "connecteur.ouvert": "connecteur remis en service",
    "connecteur.ferme": "connecteur mis hors service",
    "appel.rappele": "appel manqué rappelé",
    "boite.creee": "boîte aux lettres créée",
    "boite.modifiee": "boîte aux lettres modifiée",
    "lot.depose": "numérisation déposée",
    "courrier.enregistre": "courrier enregistré",
    "courrier.qualifie": "courrier devenu une demande",
    "courrier.ecarte": "courrier écarté",
    "courrier.repris": "courrier écarté remis à qualifier",
    "entree.qualifiee": "message en quarantaine changé en demande",
    "entree.rattachee": "message en quarantaine ajouté à une demande",
    "entree.ecartee": "message en quarantaine écarté",
    "entree.reprise": "message écarté remis en quarantaine",
}
