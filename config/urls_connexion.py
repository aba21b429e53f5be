"""Sign-in: the allauth pages we use, and no other (no sign-up, no social login yet)."""

from allauth.account import views as compte
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as secours
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from collectivites.acces import connecte, public

urlpatterns = [
    path("", public(compte.login), name="account_login"),
    path("deconnexion/", public(compte.logout), name="account_logout"),
    path("confirmer/", connecte(compte.reauthenticate), name="account_reauthenticate"),
    path("mot-de-passe/changer/", connecte(compte.password_change), name="account_change_password"),
    path("mot-de-passe/choisir/", connecte(compte.password_set), name="account_set_password"),
    path("mot-de-passe/oublie/", public(compte.password_reset), name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", public(compte.password_reset_done), name="account_reset_password_done"),
    re_path(
        # not <slug:…>: it is greedy, and the key holds a hyphen too
        r"^mot-de-passe/oublie/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(compte.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/oublie/termine/",
        public(compte.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("compte-inactif/", public(compte.account_inactive), name="account_inactive"),
    path("double-facteur/", connecte(mfa.index), name="mfa_index"),
    path("double-facteur/code/", public(mfa.authenticate), name="mfa_authenticate"),
    path("double-facteur/confirmer/", connecte(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("double-facteur/application/activer/", connecte(totp.activate_totp), name="mfa_activate_totp"),
    path("double-facteur/application/retirer/", connecte(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("double-facteur/secours/", connecte(secours.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "double-facteur/secours/nouveaux/",
        connecte(secours.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "double-facteur/secours/telecharger/",
        connecte(secours.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
