"""Routes of rules, macros, districts, blocked senders and bulk gestures. Included by `urls.py`."""

from django.urls import path

from demandes.views import blocages, groupee, macros, regles, zones

urlpatterns = [
    path("regles/", regles.regles, name="regles"),
    path("regles/nouvelle/", regles.regle, name="regle_nouvelle"),
    path("regles/<int:pk>/", regles.regle, name="regle"),
    path("regles/<int:pk>/executions/", regles.executions, name="regle_executions"),
    path("regles/<int:pk>/activer/", regles.regle_activer, name="regle_activer"),
    path("regles/<int:pk>/deplacer/", regles.regle_deplacer, name="regle_deplacer"),
    path("regles/<int:pk>/retirer/", regles.regle_retirer, name="regle_retirer"),
    path("macros/", macros.macros, name="macros"),
    path("macros/nouvelle/", macros.macro, name="macro_nouvelle"),
    path("macros/<int:pk>/", macros.macro, name="macro"),
    path("macros/<int:pk>/retirer/", macros.macro_retirer, name="macro_retirer"),
    path("zones/", zones.zones, name="zones"),
    path("zones/nouvelle/", zones.zone, name="zone_nouvelle"),
    path("zones/<int:pk>/", zones.zone, name="zone"),
    path("zones/<int:pk>/retirer/", zones.zone_retirer, name="zone_retirer"),
    path("blocages/", blocages.blocages, name="blocages"),
    path("blocages/<int:pk>/lever/", blocages.blocage_lever, name="blocage_lever"),
    path("groupees/", groupee.recentes, name="groupees"),
    path("groupees/preparer/", groupee.preparer, name="groupee_preparer"),
    path("groupees/<int:pk>/", groupee.suivre, name="groupee"),
    path("groupees/<int:pk>/annuler/", groupee.annuler, name="groupee_annuler"),
    path("<int:pk>/macro/", macros.jouer, name="jouer_macro"),
    path("<int:pk>/abusive/", blocages.abusive, name="abusive"),
]
