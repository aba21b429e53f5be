"""Writing a collectivité's own texts and its SMS account; the journal keeps who, never the secrets."""

from datetime import datetime

from collectivites.acteur import Acteur
from collectivites.temoin import record
from messagerie.chiffrement import IllisiblesIdentifiants, decrypt, encrypt
from messagerie.models import CompteSms, ModeleMessage
from messagerie.textes import Occasion, Texte, check_obligatoires, check_texte


def save_modele(*, occasion: Occasion, canal: str, texte: Texte, by: Acteur, at: datetime) -> ModeleMessage:
    """Keep the collectivité's own text. Raises VariableInconnue, VariableObligatoire."""
    check_texte(occasion, texte)
    check_obligatoires(occasion, canal, texte)
    modele, _ = ModeleMessage.objects.update_or_create(
        occasion=occasion.code,
        canal=canal,
        defaults={"objet": texte.objet, "corps": texte.corps, "changed_at": at},
    )
    record(
        verbe="modele_message.modifie", objet_type="modele_message", objet_id=modele.pk,
        libelle=f"{occasion.libelle} ({modele.get_canal_display()})", by=by, at=at,
    )  # fmt: skip
    return modele


def reset_modele(*, occasion: Occasion, canal: str, by: Acteur, at: datetime) -> None:
    """Go back to the default text."""
    own = ModeleMessage.objects.filter(occasion=occasion.code, canal=canal).first()
    if own is None:
        return
    record(
        verbe="modele_message.remis", objet_type="modele_message", objet_id=own.pk,
        libelle=f"{occasion.libelle} ({own.get_canal_display()})", by=by, at=at,
    )  # fmt: skip
    own.delete()


def save_compte(
    *, fournisseur: str, expediteur: str, is_economique: bool, is_active: bool, identifiants: dict[str, str],
    by: Acteur, at: datetime,
) -> CompteSms:  # fmt: skip
    """Keep the account. A credential left empty keeps the one already there, if the provider is the same."""
    account = CompteSms.objects.select_for_update().first() or CompteSms()
    known = read_identifiants(account) if account.fournisseur == fournisseur else {}
    given = {name: value for name, value in identifiants.items() if value}
    account.fournisseur, account.expediteur = fournisseur, expediteur
    account.is_economique, account.is_active = is_economique, is_active
    account.identifiants = encrypt(known | given)
    account.save()
    record(
        verbe="compte_sms.modifie", objet_type="compte_sms", objet_id=account.pk, by=by, at=at,
        fournisseur=fournisseur, secrets_changes=sorted(given),
    )  # fmt: skip
    return account


def read_identifiants(account: CompteSms) -> dict[str, str]:
    """Return the credentials, none when they can't be read any more."""
    try:
        return decrypt(account.identifiants)
    except IllisiblesIdentifiants:
        return {}
