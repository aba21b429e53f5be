"""« If »: conditions on the facts of a demande, judged without a database, said in words, checked when saved.

Stored as a list of {"fait", "operateur", "valeur": [texts], "champ"}: all of them must hold. `champ` is the question
of the form, for the fact « reponse » only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demandes.automates.faits import Faits
from demandes.automates.mots import MOT_MAX, MOTS_MAX, list_spoken
from socle.texte import normalise

Condition = Mapping[str, Any]
Noms = Mapping[str, Mapping[str, str]]  # name of a list → {value: label}
CONDITIONS_MAX = 20

MOTS = {"un": "contient", "tous": "contient à la fois", "aucun": "ne contient pas"}
CHOIX = {"est": "est", "pas": "n'est pas", "vide": "est vide", "rempli": "n'est pas vide"}
CHOIX_PLEIN = {"est": "est", "pas": "n'est pas"}
OUI_NON = {"oui": "oui", "non": "non"}
ADRESSES = {"est": "est", "pas": "n'est pas"}
SANS_VALEUR = frozenset({"vide", "rempli", "oui", "non"})


@dataclass(frozen=True)
class Fait:
    """One thing that can be asked of a demande. `liste` names the choices offered."""

    code: str
    libelle: str
    genre: str  # mots, choix, oui_non, adresses, reponse
    operateurs: Mapping[str, str]
    lire: Callable[[Faits], Any]
    liste: str = ""
    aide: str = ""
    oui: str = ""  # sentence when true, for a yes or no
    non: str = ""


_SEPARES = (
    "Séparés par des virgules. Accents, majuscules et pluriels ne comptent pas. "
    "«\u00a0éclair*\u00a0» prend aussi la suite du mot."
)
FAITS: dict[str, Fait] = {
    each.code: each
    for each in (
        Fait("texte", "l'objet ou le texte", "mots", MOTS, lambda f: f.texte, aide=_SEPARES),
        Fait("objet", "l'objet", "mots", MOTS, lambda f: f.objet, aide=_SEPARES),
        Fait("dernier_message", "le dernier message reçu", "mots", MOTS, lambda f: f.dernier_message, aide=_SEPARES),
        Fait("type", "le type", "choix", CHOIX, lambda f: f.type, liste="type"),
        Fait("thematique", "la thématique", "choix", CHOIX, lambda f: f.thematiques, liste="thematique"),
        Fait("nature", "la nature", "choix", CHOIX_PLEIN, lambda f: f.nature, liste="nature"),
        Fait("canal", "le canal d'arrivée", "choix", CHOIX_PLEIN, lambda f: f.canal, liste="canal"),
        Fait(
            "expediteur", "l'adresse de l'expéditeur", "adresses", ADRESSES, lambda f: f.expediteur,
            aide="Adresses entières, ou «\u00a0@exemple.fr\u00a0» pour tout un domaine, séparées par des virgules.",
        ),
        Fait("zone", "la zone", "choix", CHOIX, lambda f: f.zone, liste="zone"),
        Fait("service", "le service", "choix", CHOIX, lambda f: f.service, liste="service"),
        Fait("agent", "l'agent", "choix", CHOIX, lambda f: f.agent, liste="agent"),
        Fait("etat", "l'état", "choix", CHOIX_PLEIN, lambda f: f.etat, liste="etat"),
        Fait("priorite", "la priorité", "choix", CHOIX_PLEIN, lambda f: f.priorite, liste="priorite"),
        Fait("domaine", "le domaine", "choix", CHOIX_PLEIN, lambda f: f.domaine, liste="domaine"),
        Fait(
            "usager_connu", "l'usager est connu", "oui_non", OUI_NON, lambda f: f.usager_connu,
            oui="l'usager est connu", non="l'usager est inconnu",
        ),
        Fait(
            "en_retard", "l'engagement est dépassé", "oui_non", OUI_NON, lambda f: f.en_retard,
            oui="l'engagement est dépassé", non="l'engagement n'est pas dépassé",
        ),
        Fait(
            "reponse", "la réponse au formulaire", "reponse", ADRESSES, lambda f: f.reponses,
            aide="Le code de la question, puis les réponses, séparées par des virgules.",
        ),
    )
}  # fmt: skip


def matches(conditions: Sequence[Condition], faits: Faits) -> bool:
    """True when every condition holds; without any, always."""
    return all(holds(each, faits) for each in conditions)


def holds(condition: Condition, faits: Faits) -> bool:
    """Judge one condition. An unknown fact never holds: a rule that nobody understands does nothing."""
    fait = FAITS.get(condition.get("fait", ""))
    if fait is None:
        return False
    values = [str(each) for each in condition.get("valeur") or []]
    return _JUGES[fait.genre](condition, values, fait.lire(faits))


def _judge_mots(condition: Condition, values: list[str], texte: str) -> bool:
    spoken = list_spoken(texte, values)
    judged = {"un": bool(spoken), "tous": len(spoken) == len(values), "aucun": not spoken}
    return judged.get(condition["operateur"], False)


def _judge_choix(condition: Condition, values: list[str], actual: Any) -> bool:
    held = set(actual) if isinstance(actual, frozenset) else {actual} - {""}
    operator = condition["operateur"]
    if operator in {"vide", "rempli"}:
        return bool(held) is (operator == "rempli")
    return bool(held & set(values)) is (operator == "est")


def _judge_oui_non(condition: Condition, _values: list[str], actual: bool) -> bool:  # noqa: FBT001 a fact
    return actual is (condition["operateur"] == "oui")


def _judge_adresses(condition: Condition, values: list[str], adresse: str) -> bool:
    found = any(
        adresse.endswith(each.lower()) if each.startswith("@") else adresse == each.lower() for each in values if each
    )
    return found is (condition["operateur"] == "est")


def _judge_reponse(condition: Condition, values: list[str], reponses: Mapping[str, Any]) -> bool:
    answer = reponses.get(condition.get("champ", ""))
    given = answer if isinstance(answer, list) else [answer]
    held = {normalise(str(each)) for each in given if each is not None}
    return bool(held & {normalise(each) for each in values}) is (condition["operateur"] == "est")


_JUGES: dict[str, Callable[[Condition, list[str], Any], bool]] = {
    "mots": _judge_mots,
    "choix": _judge_choix,
    "oui_non": _judge_oui_non,
    "adresses": _judge_adresses,
    "reponse": _judge_reponse,
}


def explain(conditions: Sequence[Condition], noms: Noms) -> list[str]:
    """Say each condition in words: « le type est « Éclairage » ou « Voirie » »."""
    return [explain_one(each, noms) for each in conditions]


def explain_one(condition: Condition, noms: Noms) -> str:
    """Say one condition in words."""
    fait = FAITS.get(condition.get("fait", ""))
    operator = condition.get("operateur", "")
    if fait is None or operator not in fait.operateurs:
        return "condition illisible"
    if fait.genre == "oui_non":
        return fait.oui if operator == "oui" else fait.non
    subject = f"{fait.libelle} {condition.get('champ', '')}".rstrip()
    verb = fait.operateurs[operator]
    if operator in SANS_VALEUR:
        return f"{subject} {verb}"
    names = noms.get(fait.liste, {})
    said = [
        f"«\u00a0{names.get(str(each), 'supprimé' if fait.liste else each)}\u00a0»" for each in condition["valeur"]
    ]
    return f"{subject} {verb} {(' et ' if operator == 'tous' else ' ou ').join(said)}"


def verify(conditions: Sequence[Condition], noms: Noms) -> list[str]:
    """Return what is wrong, a French sentence each; empty when the conditions can be saved."""
    if len(conditions) > CONDITIONS_MAX:
        return [f"Une règle a au plus {CONDITIONS_MAX} conditions."]
    return [sentence for each in conditions if (sentence := verify_one(each, noms))]


def verify_one(condition: Condition, noms: Noms) -> str:
    """Return what is wrong with a condition, empty when nothing is."""
    fait = FAITS.get(condition.get("fait", ""))
    if fait is None:
        return "Une condition porte sur un fait inconnu."
    operator, values = condition.get("operateur", ""), condition.get("valeur") or []
    if operator not in fait.operateurs:
        return f"Condition sur {fait.libelle}\u00a0: choisissez une comparaison."
    if operator in SANS_VALEUR:
        return ""
    if not values:
        return f"Condition sur {fait.libelle}\u00a0: il manque ce à quoi comparer."
    return _VERIFICATIONS.get(fait.genre, _verify_rien)(fait, condition, values, noms)


def _verify_rien(_fait: Fait, _condition: Condition, _values: list[str], _noms: Noms) -> str:
    return ""


def _verify_mots(fait: Fait, _condition: Condition, values: list[str], _noms: Noms) -> str:
    if len(values) > MOTS_MAX or any(len(each) > MOT_MAX for each in values):
        return f"Condition sur {fait.libelle}\u00a0: {MOTS_MAX} mots au plus, de {MOT_MAX} signes chacun."
    empty = [each for each in values if not normalise(each)]
    return f"Condition sur {fait.libelle}\u00a0: «\u00a0{empty[0]}\u00a0» n'est pas un mot." if empty else ""


def _verify_choix(fait: Fait, _condition: Condition, values: list[str], noms: Noms) -> str:
    known = noms.get(fait.liste, {})
    return "" if set(values) <= set(known) else f"Condition sur {fait.libelle}\u00a0: un des choix n'existe plus."


def _verify_adresses(fait: Fait, _condition: Condition, values: list[str], _noms: Noms) -> str:
    wrong = [each for each in values if "@" not in each[: len(each) - 1] or len(each) > 320]
    return f"«\u00a0{wrong[0]}\u00a0» n'est ni une adresse ni un «\u00a0@domaine\u00a0»." if wrong else ""


def _verify_reponse(fait: Fait, condition: Condition, _values: list[str], _noms: Noms) -> str:
    return "" if condition.get("champ") else f"Condition sur {fait.libelle}\u00a0: donnez le code de la question."


_VERIFICATIONS: dict[str, Callable[[Fait, Condition, list[str], Noms], str]] = {
    "mots": _verify_mots,
    "choix": _verify_choix,
    "adresses": _verify_adresses,
    "reponse": _verify_reponse,
}
