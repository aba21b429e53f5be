"""Routes of letters that leave and of proofs. Included by `urls.py`."""

from django.urls import path

from demandes.views import departs, lettres, preuves

urlpatterns = [
    path("courriers/depart/", departs.departs, name="departs"),
    path("courriers/depart/geste/", departs.departs_geste, name="departs_geste"),
    path("courriers/depart/lots/<int:pk>/", departs.lot_impression, name="lot_impression"),
    path("courriers/depart/lots/<int:pk>/pdf/", departs.lot_impression_pdf, name="lot_impression_pdf"),
    path("<int:pk>/lettre/", lettres.lettre, name="lettre"),
    path("<int:pk>/lettres/<int:courrier_pk>/pdf/", lettres.lettre_pdf, name="lettre_pdf"),
    path("<int:pk>/preuves/", preuves.preuves, name="preuves"),
    path("<int:pk>/preuves/attestation/", preuves.attestation, name="attestation"),
    path("<int:pk>/preuves/motifs/", preuves.motifs, name="motifs"),
    path("<int:pk>/preuves/dossiers/", preuves.dossiers, name="dossiers"),
    path("<int:pk>/preuves/dossiers/demander/", preuves.dossier_demander, name="dossier_demander"),
    path("<int:pk>/preuves/dossiers/<int:dossier_pk>/pdf/", preuves.dossier_pdf, name="dossier_pdf"),
]
