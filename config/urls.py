"""Routes: prefixes only. Everything of one town is under `/c/<slug>/`; the middleware opens the wall there."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from collectivites.acces import public
from config.metriques import metriques
from config.sante import sante, vivant

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

DANS_LA_VILLE = [
    path("", include("accueil.urls")),
    path("usagers/", include("citoyens.urls")),
    path("demandes/", include("demandes.urls")),
    path("rendez-vous/", include("rendezvous.urls")),
    path("envois/", include("messagerie.urls")),
    path("journal/", include("journal.urls")),
    path("reglages/", include("collectivites.urls")),
]

handler400 = "config.api.requete_illisible"
handler500 = "config.api.erreur_interne"
urlpatterns = [
    path("", include("accueil.urls_racine")),
    path("c/<slug:collectivite_slug>/", include(DANS_LA_VILLE)),
    path("usager/<slug:ville_slug>/", include("accueil.urls_usager")),
    path("usager/<slug:ville_slug>/", include("demandes.urls_usager")),
    path("usager/<slug:ville_slug>/rendez-vous/", include("rendezvous.urls_usager")),
    path("r/<slug:ville_slug>/", include("rendezvous.urls_courts")),
    path("connexion/", include("config.urls_connexion")),
    path("entrees/", include("messagerie.urls_entrees")),
    path("entrees/<slug:ville_slug>/", include("demandes.urls_entrees")),
    path("api/v1/", include("config.api")),
    path("ants/", include("rendezvous.urls_ants")),
    path("sante/", public(sante), name="sante"),
    re_path(r"^sante/vivant/?$", public(vivant), name="vivant"),
    re_path(r"^metriques/?$", metriques, name="metriques"),
    path("plateforme/", admin.site.urls),
]

if settings.DEBUG:
    from socle.vues import composants

    urlpatterns += [path("composants/", public(composants), name="composants")]
