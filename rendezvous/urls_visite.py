"""Pages for usagers: one visit across several services, booked and cancelled whole."""

from django.urls import URLPattern, path

from rendezvous.views.usager import visite, visite_gerer, visite_prendre

urlpatterns: list[URLPattern] = [
    path("venue/", visite.visites, name="visites"),
    path("venue/<int:pk>/", visite.visite, name="visite"),
    path("venue/coordonnees/<str:passe>/", visite_prendre.coordonnees, name="visite_coordonnees"),
    path("venue/code/<str:passe>/", visite_prendre.code, name="visite_code"),
    path("venue/code/<str:passe>/renvoi/", visite_prendre.renvoi, name="visite_renvoi"),
    path("venue/confirmee/<str:passe>/", visite_prendre.confirmee, name="visite_confirmee"),
    path("gerer/<str:jeton>/venue.ics", visite_gerer.ics, name="visite_ics"),
    path("gerer/<str:jeton>/venue/annuler/", visite_gerer.annuler, name="visite_annuler"),
]
