"""Pages for usagers, without account: `/usager/<slug>/…`. Each view is `@public`; the middleware raises the wall."""

from django.urls import URLPattern, URLResolver, include, path

from demandes.views import demarches

app_name = "usager"
urlpatterns: list[URLPattern | URLResolver] = [
    path("demarches/", demarches.demarches, name="demarches"),
    path("demarches/<int:pk>/", demarches.demarche, name="demarche"),
    path("demarches/recue/<str:jeton>/", demarches.recue, name="recue"),
    path("saisine/", demarches.saisine, name="saisine"),
    path("", include("demandes.urls_suivi")),
]
