"""Pages without account about one demande: tracking, and what is opened by a secret link."""

from django.urls import URLPattern, path

from demandes.views import usager_liens, usager_suivi

urlpatterns: list[URLPattern] = [
    path("suivi/", usager_suivi.suivi, name="suivi"),
    path("suivi/<str:passe>/", usager_suivi.demande, name="demande"),
    path("suivi/<str:passe>/message/", usager_suivi.message, name="demande_message"),
    path("complements/<str:jeton>/", usager_liens.complements, name="complements"),
    path("avis/<str:jeton>/", usager_liens.avis, name="avis"),
    path("avis/<str:jeton>/pieces/<int:piece_pk>/", usager_liens.avis_piece, name="avis_piece"),
    path("avis-usager/<str:jeton>/", usager_liens.satisfaction, name="satisfaction"),
    path("avis-usager/<str:jeton>/refus/", usager_liens.satisfaction_refus, name="satisfaction_refus"),
]
