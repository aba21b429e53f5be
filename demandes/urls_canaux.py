"""Routes of connectors and of the telephone. Included by `urls.py`."""

from django.urls import path

from demandes.views import appels, connecteurs

urlpatterns = [
    path("connecteurs/", connecteurs.connecteurs, name="connecteurs"),
    path("connecteurs/<int:pk>/", connecteurs.connecteur, name="connecteur"),
    path("connecteurs/<int:pk>/clefs/", connecteurs.connecteur_clefs, name="connecteur_clefs"),
    path("connecteurs/<int:pk>/service/", connecteurs.connecteur_service, name="connecteur_service"),
    path("appels/", appels.appels, name="appels"),
    path("appels/bandeau/", appels.bandeau, name="appels_bandeau"),
    path("appels/commencer/", appels.commencer, name="appel_commencer"),
    path("appels/<int:pk>/", appels.appel, name="appel"),
    path("appels/<int:pk>/personne/", appels.personne, name="appel_personne"),
    path("appels/<int:pk>/terminer/", appels.terminer, name="appel_terminer"),
    path("appels/<int:pk>/rappele/", appels.rappele, name="appel_rappele"),
]
