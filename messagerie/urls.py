"""Routes of messagerie, under `/c/<slug>/envois/`."""

from django.urls import path

from messagerie.views import envois, reglages

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
]
