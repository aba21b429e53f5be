"""Routes of messagerie, under `/c/<slug>/envois/`."""

from django.urls import path

from messagerie.views import envois, reglages, webhooks

app_name = "messagerie"

urlpatterns = [
    path("", envois.liste, name="liste"),
    path("<int:pk>/", envois.fiche, name="fiche"),
    path("<int:pk>/renvoyer/", envois.renvoyer, name="renvoyer"),
    path("<int:pk>/annuler/", envois.annuler, name="annuler"),
    path("modeles/", reglages.modeles, name="modeles"),
    path("modeles/<str:code>/<str:canal>/", reglages.modele, name="modele"),
    path("modeles/<str:code>/<str:canal>/remettre/", reglages.modele_remettre, name="modele_remettre"),
    path("compte-sms/", reglages.compte_sms, name="compte_sms"),
    path("compte-sms/essai/", reglages.compte_essai, name="compte_essai"),
    path("webhooks/", webhooks.liste, name="webhooks"),
    path("webhooks/<int:pk>/", webhooks.fiche, name="webhook"),
    path("webhooks/<int:pk>/essai/", webhooks.essai, name="webhook_essai"),
    path("webhooks/<int:pk>/secret/", webhooks.secret, name="webhook_secret"),
    path("webhooks/<int:pk>/service/", webhooks.service, name="webhook_service"),
    path("webhooks/<int:pk>/supprimer/", webhooks.supprimer, name="webhook_supprimer"),
    path("webhooks/livraisons/<int:pk>/renvoyer/", webhooks.renvoyer, name="livraison_renvoyer"),
]
