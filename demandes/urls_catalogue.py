"""Routes of the catalogue, under `/c/<slug>/demandes/`."""

from django.urls import path

from demandes.views import formulaires, thematiques, types

urlpatterns = [
    path("types/", types.types, name="types"),
    path("types/nouveau/", types.type_demande, name="type_nouveau"),
    path("types/<int:pk>/", types.type_demande, name="type"),
    path("types/<int:pk>/publier/", types.type_publier, name="type_publier"),
    path("types/<int:pk>/retirer/", types.type_retirer, name="type_retirer"),
    path("types/<int:pk>/versions/", types.type_versions, name="type_versions"),
    path("types/<int:pk>/formulaire/", formulaires.type_formulaire, name="type_formulaire"),
    path("types/<int:pk>/nouvelle/<slug:sorte>/", formulaires.type_element, name="type_element_nouveau"),
    path("types/<int:pk>/<slug:sorte>/<slug:code>/", formulaires.type_element, name="type_element"),
    path(
        "types/<int:pk>/<slug:sorte>/<slug:code>/deplacer/",
        formulaires.type_element_deplacer,
        name="type_element_deplacer",
    ),
    path(
        "types/<int:pk>/<slug:sorte>/<slug:code>/retirer/",
        formulaires.type_element_retirer,
        name="type_element_retirer",
    ),
    path("thematiques/", thematiques.thematiques, name="thematiques"),
    path("thematiques/<int:pk>/", thematiques.thematique, name="thematique"),
    path("thematiques/<int:pk>/deplacer/", thematiques.thematique_deplacer, name="thematique_deplacer"),
    path("thematiques/<int:pk>/activer/", thematiques.thematique_activer, name="thematique_activer"),
]
