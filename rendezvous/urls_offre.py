"""Routes of the offer, under `/c/<slug>/rendez-vous/`."""

from django.urls import path

from rendezvous.views.offre import guichets, indisponibilites, motifs, parcours, plage_gestes, plages, seances

urlpatterns = [
    path("motifs/", motifs.motifs, name="motifs"),
    path("motifs/nouveau/", motifs.motif, name="motif_nouveau"),
    path("motifs/<int:pk>/", motifs.motif, name="motif"),
    path("motifs/<int:pk>/archiver/", motifs.motif_archiver, name="motif_archiver"),
    path("motifs/<int:pk>/restaurer/", motifs.motif_restaurer, name="motif_restaurer"),
    path("guichets/", guichets.guichets, name="guichets"),
    path("guichets/nouveau/", guichets.guichet, name="guichet_nouveau"),
    path("guichets/<int:pk>/", guichets.guichet, name="guichet"),
    path("plages/", plages.plages, name="plages"),
    path("plages/nouvelle/", plages.plage, name="plage_nouvelle"),
    path("plages/sans-plage/", plages.orphelins, name="orphelins"),
    path("plages/<int:pk>/", plages.plage, name="plage"),
    path("plages/<int:pk>/sauter/", plage_gestes.plage_sauter, name="plage_sauter"),
    path("plages/<int:pk>/retablir/", plage_gestes.plage_retablir, name="plage_retablir"),
    path("plages/<int:pk>/retirer/", plage_gestes.plage_retirer, name="plage_retirer"),
    path("indisponibilites/", indisponibilites.indisponibilites, name="indisponibilites"),
    path("indisponibilites/<int:pk>/", indisponibilites.indisponibilite, name="indisponibilite"),
    path("indisponibilites/<int:pk>/retirer/", indisponibilites.indisponibilite_retirer,
         name="indisponibilite_retirer"),
    path("indisponibilites/toutes/", indisponibilites.indisponibilites_toutes, name="indisponibilites_toutes"),
    path("indisponibilites/toutes/<int:pk>/", indisponibilites.indisponibilite_de_tous,
         name="indisponibilite_de_tous"),
    path("indisponibilites/toutes/<int:pk>/retirer/", indisponibilites.indisponibilite_de_tous_retirer,
         name="indisponibilite_de_tous_retirer"),
    path("seances/", seances.seances, name="seances"),
    path("seances/nouvelle/", seances.seance_nouvelle, name="seance_nouvelle"),
    path("seances/<int:pk>/", seances.seance, name="seance"),
    path("seances/<int:pk>/annuler/", seances.seance_annuler, name="seance_annuler"),
    path("parcours/modeles/", parcours.parcours_modeles, name="parcours_modeles"),
    path("parcours/modeles/nouveau/", parcours.parcours_modele, name="parcours_modele_nouveau"),
    path("parcours/modeles/<int:pk>/", parcours.parcours_modele, name="parcours_modele"),
    path("parcours/trajets/", parcours.trajets, name="trajets"),
]  # fmt: skip
