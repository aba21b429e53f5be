"""Routes of the settings, under `/c/<slug>/reglages/`."""

from django.urls import path

from collectivites.views import agents, clefs, legaux, organisation

app_name = "collectivites"

urlpatterns = [
    path("", organisation.reglages, name="reglages"),
    path("collectivite/", organisation.identite, name="identite"),
    path("services/", organisation.services, name="services"),
    path("services/nouveau/", organisation.service, name="service_nouveau"),
    path("services/<int:pk>/", organisation.service, name="service"),
    path("lieux/", organisation.lieux, name="lieux"),
    path("lieux/nouveau/", organisation.lieu, name="lieu_nouveau"),
    path("lieux/<int:pk>/", organisation.lieu, name="lieu"),
    path("fermetures/nouvelle/", organisation.fermeture, name="fermeture_nouvelle"),
    path("fermetures/<int:pk>/retirer/", organisation.fermeture_retirer, name="fermeture_retirer"),
    path("agents/", agents.agents, name="agents"),
    path("agents/nouveau/", agents.agent_nouveau, name="agent_nouveau"),
    path("agents/<int:pk>/", agents.agent, name="agent"),
    path("agents/<int:pk>/inviter/", agents.agent_inviter, name="agent_inviter"),
    path("clefs/", clefs.clefs, name="clefs"),
    path("clefs/<int:pk>/revoquer/", clefs.clef_revoquer, name="clef_revoquer"),
    path("legaux/", legaux.legaux, name="legaux"),
    path("legaux/<str:clef>/", legaux.legal, name="legal"),
    path("legaux/<str:clef>/remettre/", legaux.legal_remettre, name="legal_remettre"),
]
