"""Walls of appointments, and the doors of the sweepers: they see (collectivite_id, id) over every town, no more."""

from django.db import migrations

from collectivites.rls import define, wall

LIEU = {"lieu_id": "collectivites_lieu"}
GUICHET = {"guichet_id": "rendezvous_guichet"}
RESSOURCE = {"ressource_id": "rendezvous_ressource"}
MOTIF = {"motif_id": "rendezvous_motif"}
PLAGE = {"plage_id": "rendezvous_plageouverture"}
RDV = {"rendezvous_id": "rendezvous_rendezvous"}
SERVICE = {"service_id": "collectivites_service"}
USAGER = {"usager_id": "citoyens_usager"}


def list_pairs(name: str, *, query: str) -> migrations.operations.base.Operation:
    """A sweeper's door: what is due at `maintenant`, `combien` at most."""
    return define(
        f"""
CREATE FUNCTION {name}(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ {query} LIMIT combien $$
""",
        signature=f"{name}(timestamptz, int)",
    )


class Migration(migrations.Migration):
    dependencies = [("rendezvous", "0001_initial"), ("demandes", "0019_depots_envoyes_gardes")]

    operations = [
        wall("rendezvous_guichet", parents=LIEU),
        wall("rendezvous_ressource", parents=GUICHET),
        wall("rendezvous_motif", parents=SERVICE | {"type_demande_id": "demandes_typedemande"}),
        wall("rendezvous_plageouverture", parents=RESSOURCE | LIEU | GUICHET),
        wall("rendezvous_plagemotif", parents=PLAGE | MOTIF),
        wall("rendezvous_plagezone", parents=PLAGE | {"zone_id": "demandes_zone"}),
        wall("rendezvous_occurrenceplage", parents=PLAGE | RESSOURCE | LIEU),
        wall("rendezvous_indisponibilite", parents=RESSOURCE | LIEU),
        wall("rendezvous_agendaexterne", parents=RESSOURCE),
        wall(
            "rendezvous_occurrenceindisponible",
            parents=RESSOURCE
            | LIEU
            | {"indisponibilite_id": "rendezvous_indisponibilite", "agenda_id": "rendezvous_agendaexterne"},
        ),
        wall("rendezvous_modeleparcours"),
        wall("rendezvous_etapeparcours", parents=MOTIF | {"modele_id": "rendezvous_modeleparcours"}),
        wall("rendezvous_trajet", parents={"de_id": "collectivites_lieu", "vers_id": "collectivites_lieu"}),
        wall("rendezvous_parcours", parents=USAGER | {"modele_id": "rendezvous_modeleparcours"}),
        wall("rendezvous_seance", parents=MOTIF | LIEU | RESSOURCE),
        wall(
            "rendezvous_rendezvous",
            parents=MOTIF
            | SERVICE
            | LIEU
            | USAGER
            | {
                "seance_id": "rendezvous_seance",
                "parcours_id": "rendezvous_parcours",
                "demande_id": "demandes_demande",
            },
        ),
        wall("rendezvous_occupation", parents=RDV | RESSOURCE | {"seance_id": "rendezvous_seance"}),
        wall("rendezvous_participation", parents=RDV | USAGER),
        wall("rendezvous_codeconfirmation", parents=RDV),
        wall("rendezvous_demandeplustot", parents=RDV),
        wall("rendezvous_fluxagenda", parents=RESSOURCE | LIEU),
        wall("rendezvous_echangeants", parents={"participation_id": "rendezvous_participation"}),
        wall("rendezvous_releveoffre", parents=MOTIF | LIEU),
        wall("rendezvous_motifevent", append_only=True),
        wall("rendezvous_plageouvertureevent", append_only=True),
        wall("rendezvous_rendezvousevent", append_only=True),
        wall("rendezvous_participationevent", append_only=True),
        list_pairs(
            "rendezvous_options_expirees",
            query="SELECT r.collectivite_id, r.id FROM rendezvous_rendezvous r "
            "WHERE r.etat = 'option' AND r.expire_at <= maintenant ORDER BY r.expire_at",
        ),
        list_pairs(
            "rendezvous_agendas_a_relever",
            query="SELECT a.collectivite_id, a.id FROM rendezvous_agendaexterne a "
            "WHERE a.is_active AND (a.releve_at IS NULL OR a.releve_at <= maintenant) ORDER BY a.releve_at NULLS FIRST",
        ),
        list_pairs(  # one call at a time for a participation, in order
            "rendezvous_ants_a_faire",
            query="SELECT e.collectivite_id, e.id FROM rendezvous_echangeants e "
            "WHERE e.etat = 'a_faire' AND e.prevu_at <= maintenant AND (e.bail_at IS NULL OR e.bail_at <= maintenant) "
            "AND NOT EXISTS (SELECT 1 FROM rendezvous_echangeants p WHERE p.collectivite_id = e.collectivite_id "
            "AND p.participation_id = e.participation_id AND p.id < e.id AND p.etat = 'a_faire') ORDER BY e.prevu_at",
        ),
        list_pairs(
            "rendezvous_plus_tot_en_attente",
            query="SELECT d.collectivite_id, d.id FROM rendezvous_demandeplustot d "
            "JOIN rendezvous_rendezvous r ON r.collectivite_id = d.collectivite_id AND r.id = d.rendezvous_id "
            "WHERE d.ended_at IS NULL AND r.etat = 'confirme' AND r.debut_at > maintenant ORDER BY d.dernier_at NULLS FIRST",
        ),
        define(
            """
CREATE FUNCTION rendezvous_lieux_ants()
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT DISTINCT p.collectivite_id, p.lieu_id
     FROM rendezvous_plageouverture p
     JOIN collectivites_collectivite c ON c.id = p.collectivite_id AND c.is_active
     JOIN collectivites_lieu l ON l.collectivite_id = p.collectivite_id AND l.id = p.lieu_id AND l.is_active
     JOIN rendezvous_plagemotif pm ON pm.collectivite_id = p.collectivite_id AND pm.plage_id = p.id
     JOIN rendezvous_motif m ON m.collectivite_id = pm.collectivite_id AND m.id = pm.motif_id
    WHERE p.is_active AND m.is_active AND m.categorie_ants <> '' AND m.reservable_par = 'tous' $$
""",
            signature="rendezvous_lieux_ants()",
        ),
    ]
