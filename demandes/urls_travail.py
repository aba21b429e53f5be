"""Routes of shared work, under `/c/<slug>/demandes/`."""

from django.urls import path

from demandes.views import fusion, mes_taches, notifications, sujets, travail_gestes

urlpatterns = [
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/pastille/", notifications.pastille, name="pastille"),
    path("notifications/lues/", notifications.notifications_lues, name="notifications_lues"),
    path("notifications/<int:pk>/lue/", notifications.notification_lue, name="notification_lue"),
    path("taches/", mes_taches.mes_taches, name="mes_taches"),
    path("taches/<int:pk>/faite/", mes_taches.ma_tache_faite, name="ma_tache_faite"),
    path("absences/", mes_taches.absences, name="absences"),
    path("absences/<int:pk>/retirer/", mes_taches.absence_retirer, name="absence_retirer"),
    path("sujets/", sujets.sujets, name="sujets"),
    path("sujets/nouveau/", sujets.sujet_nouveau, name="sujet_nouveau"),
    path("sujets/<int:pk>/", sujets.sujet, name="sujet"),
    path("sujets/<int:pk>/repondre/", sujets.sujet_repondre, name="sujet_repondre"),
    path("sujets/<int:pk>/clore/", sujets.sujet_clore, name="sujet_clore"),
    path("sujets/<int:pk>/ajouter/", sujets.sujet_ajouter, name="sujet_ajouter"),
    path("sujets/<int:pk>/retirer/<int:demande_pk>/", sujets.sujet_retirer, name="sujet_retirer"),
    path("fusions/<int:pk>/defaire/", fusion.defaire_fusion, name="defaire_fusion"),
    path("<int:pk>/fusionner/", fusion.fusionner, name="fusionner"),
    path("<int:pk>/messages/<int:message_pk>/detacher/", fusion.detacher, name="detacher"),
    path("<int:pk>/rattacher/<int:origine_pk>/", fusion.rattacher_message, name="rattacher_message"),
    path("<int:pk>/mentions/", mes_taches.mentions, name="mentions"),
    path("<int:pk>/taches/ajouter/", travail_gestes.tache_ajouter, name="tache_ajouter"),
    path("<int:pk>/taches/<int:tache_pk>/modifier/", travail_gestes.tache_modifier, name="tache_modifier"),
    path("<int:pk>/taches/<int:tache_pk>/faite/", travail_gestes.tache_faite, name="tache_faite"),
    path("<int:pk>/taches/<int:tache_pk>/deplacer/", travail_gestes.tache_deplacer, name="tache_deplacer"),
    path("<int:pk>/taches/<int:tache_pk>/retirer/", travail_gestes.tache_retirer, name="tache_retirer"),
    path("<int:pk>/lier/", travail_gestes.lier, name="lier"),
    path("<int:pk>/liens/<int:lien_pk>/retirer/", travail_gestes.delier, name="delier"),
    path("<int:pk>/fusions/<int:fusion_pk>/annuler/", travail_gestes.defusionner, name="defusionner"),
    path("<int:pk>/suivre/", travail_gestes.suivre, name="suivre"),
    path("<int:pk>/mentionner/", travail_gestes.mentionner, name="mentionner"),
    path("<int:pk>/escalader/", travail_gestes.escalader, name="escalader"),
    path("<int:pk>/rendre/", travail_gestes.rendre, name="rendre"),
    path("<int:pk>/sujet/rejoindre/", travail_gestes.rejoindre, name="rejoindre"),
    path("<int:pk>/sujet/quitter/", travail_gestes.quitter, name="quitter"),
]
