"""The providers by name, and which one a collectivité uses."""

from collections.abc import Callable

from django.conf import settings

from messagerie.chiffrement import IllisiblesIdentifiants, decrypt
from messagerie.fournisseurs.base import CompteInutilisable, Fournisseur
from messagerie.fournisseurs.courriel import Courriel
from messagerie.fournisseurs.demo import PasserelleDemo
from messagerie.fournisseurs.ovh import CHAMPS, Ovh
from messagerie.models import CompteSms, Envoi

# name → (word on screen, fields of its credentials, builder)
Batisseur = Callable[[dict[str, str]], Fournisseur]
SMS: dict[str, tuple[str, dict[str, str], Batisseur]] = {
    "ovh": ("OVHcloud", CHAMPS, lambda identifiants: Ovh(settings.OVH_URL, identifiants)),
    "demo": ("Passerelle de démonstration", {}, lambda _: _build_demo()),
}


def is_idempotent(nom: str) -> bool:
    """True when a second call with the same key is harmless; an unknown provider is not."""
    return nom in {Courriel.nom, PasserelleDemo.nom}


def choose_fournisseur(canal: str) -> Fournisseur:
    """Return the way out of the active collectivité for this channel. Raises CompteInutilisable."""
    if canal == Envoi.Canal.COURRIEL:
        return Courriel(settings.SMTP_URL)
    if settings.DEMO:
        return _build_demo()  # nothing ever leaves a demonstration
    account = CompteSms.objects.filter(is_active=True).first()
    if account is None or account.fournisseur not in SMS:
        raise CompteInutilisable("Aucun compte SMS n'est réglé.")
    try:
        return SMS[account.fournisseur][2](decrypt(account.identifiants))
    except IllisiblesIdentifiants as error:
        raise CompteInutilisable(str(error)) from error


def choose_recepteur() -> Ovh | None:
    """Return the account the SMS received by the active collectivité are collected from; None when there is none.

    A demonstration receives from its own gateway, which brings them by itself. Raises CompteInutilisable.
    """
    account = CompteSms.objects.filter(is_active=True, fournisseur=Ovh.nom).first()
    if account is None or settings.DEMO:
        return None
    try:
        return Ovh(settings.OVH_URL, decrypt(account.identifiants))
    except IllisiblesIdentifiants as error:
        raise CompteInutilisable(str(error)) from error


def _build_demo() -> Fournisseur:
    if not settings.PASSERELLE_URL:
        raise CompteInutilisable("La passerelle de démonstration n'est pas réglée.")
    return PasserelleDemo(settings.PASSERELLE_URL)
