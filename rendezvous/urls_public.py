"""Pages for usagers: book in four steps, then manage by the link received."""

from django.urls import URLPattern, path

from rendezvous.views.usager import attendre, choisir, gerer, prendre

urlpatterns: list[URLPattern] = [
    path("", choisir.accueil, name="accueil"),
    path("motif/<int:pk>/", choisir.motif, name="motif"),
    path("invitation/<str:jeton>/", choisir.invitation, name="invitation"),
    path("creneaux/<str:passe>/", choisir.creneaux, name="creneaux"),
    path("creneaux/<str:passe>/retenir/", choisir.retenir, name="retenir"),
    path("creneaux/<str:passe>/attendre/", attendre.attendre, name="attendre"),
    path("attente/<str:jeton>/", attendre.attente, name="attente"),
    path("attente/<str:jeton>/code/", attendre.code, name="attente_code"),
    path("coordonnees/<str:passe>/", prendre.coordonnees, name="coordonnees"),
    path("code/<str:passe>/", prendre.code, name="code"),
    path("code/<str:passe>/renvoi/", prendre.renvoi, name="renvoi"),
    path("confirme/<str:passe>/", prendre.confirme, name="confirme"),
    path("gerer/<str:jeton>/", gerer.gerer, name="gerer"),
    path("gerer/<str:jeton>/deplacer/", gerer.deplacer, name="deplacer"),
    path("gerer/<str:jeton>/annuler/", gerer.annuler, name="annuler"),
    path("gerer/<str:jeton>/rendez-vous.ics", gerer.ics, name="ics"),
    path("gerer/<str:jeton>/plus-tot/", gerer.plus_tot, name="plus_tot"),
]
