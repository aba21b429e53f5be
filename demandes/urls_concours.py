"""Routes of what is asked of others, under `/c/<slug>/demandes/`."""

from django.urls import path

from demandes.views import concours, satisfaction

urlpatterns = [
    path("satisfaction/", satisfaction.satisfaction, name="satisfaction"),
    path("<int:pk>/complements/", concours.complement_demander, name="complement_demander"),
    path("<int:pk>/complements/<int:complement_pk>/recu/", concours.complement_noter, name="complement_noter"),
    path("<int:pk>/complements/<int:complement_pk>/annuler/", concours.complement_annuler, name="complement_annuler"),
    path("<int:pk>/avis/", concours.avis_demander, name="avis_demander"),
    path("<int:pk>/avis/<int:avis_pk>/noter/", concours.avis_noter, name="avis_noter"),
    path("<int:pk>/avis/<int:avis_pk>/retirer/", concours.avis_retirer, name="avis_retirer"),
    path("<int:pk>/transferts/", concours.transferer, name="transferer"),
    path("<int:pk>/transferts/<int:transfert_pk>/relancer/", concours.transfert_relancer, name="transfert_relancer"),
]
