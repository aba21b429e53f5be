"""Routes of what came in: quarantaine and mailboxes. Included by `urls.py`."""

from django.urls import path

from demandes.views import arrivees, boites, quarantaine

urlpatterns = [
    path("quarantaine/", quarantaine.quarantaine, name="quarantaine"),
    path("quarantaine/<int:pk>/", quarantaine.entree, name="quarantaine_entree"),
    path("quarantaine/<int:pk>/mise-en-page/", quarantaine.mise_en_page, name="quarantaine_mise_en_page"),
    path("quarantaine/<int:pk>/origine/", quarantaine.origine, name="quarantaine_origine"),
    path("quarantaine/<int:pk>/ouvrir/", quarantaine.ouvrir, name="quarantaine_ouvrir"),
    path("quarantaine/<int:pk>/rattacher/", quarantaine.rattacher, name="quarantaine_rattacher"),
    path("quarantaine/<int:pk>/ecarter/", quarantaine.ecarter, name="quarantaine_ecarter"),
    path("quarantaine/<int:pk>/reprendre/", quarantaine.reprendre, name="quarantaine_reprendre"),
    path("courriers/", arrivees.arrivees, name="arrivees"),
    path("courriers/nouveau/", arrivees.enregistrer, name="arrivee_nouvelle"),
    path("courriers/numerisations/", arrivees.lots, name="lots"),
    path("courriers/separation.pdf", arrivees.separateur, name="separateur"),
    path("courriers/<int:pk>/", arrivees.arrivee, name="arrivee"),
    path("courriers/<int:pk>/original/", arrivees.scan, name="scan"),
    path("courriers/<int:pk>/pages/<int:rang>/", arrivees.page_scannee, name="page_scannee"),
    path("boites/", boites.boites, name="boites"),
    path("boites/nouvelle/", boites.boite, name="boite_nouvelle"),
    path("boites/<int:pk>/", boites.boite, name="boite"),
    path("boites/<int:pk>/essayer/", boites.essayer, name="boite_essayer"),
    path("boites/<int:pk>/essai/", boites.essai, name="boite_essai"),
]
