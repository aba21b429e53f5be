"""The five statements of a search, in SQL: each is planned and built at every booking, and PostgreSQL's time shows.

Row-level security keeps each table to the active town. What is put aside is named by small arrays rather than joined:
PostgreSQL weighs every order of joins, and nine tables took it 6 ms to plan where four take a half. Instants come out
as whole seconds since 1970 (`date_part`, for EXTRACT gives a dearer numeric). A parameter that is NULL limits nothing.
"""

PLAGES = """
SELECT pm.motif_id, pm.plage_id, p.ressource_id, r.agent_id, p.lieu_id, l.fuseau, l.feries_ouverts,
       COALESCE(NULLIF(l.zone_feries, ''), (SELECT zone_feries FROM collectivites_collectivite WHERE id = %(ville)s))
  FROM rendezvous_plagemotif pm
  JOIN rendezvous_plageouverture p ON p.id = pm.plage_id AND p.is_active
  JOIN rendezvous_ressource r ON r.id = p.ressource_id AND r.is_active
  JOIN collectivites_lieu l ON l.id = p.lieu_id AND l.is_active
 WHERE pm.motif_id = ANY(ARRAY(
           SELECT m.id FROM rendezvous_motif m JOIN collectivites_service s ON s.id = m.service_id
            WHERE m.id = ANY(%(motifs)s) AND m.is_active AND s.is_active))
   AND (r.guichet_id IS NULL OR r.guichet_id = ANY(ARRAY(SELECT id FROM rendezvous_guichet WHERE is_active)))
   AND (r.agent_id IS NULL OR r.agent_id = ANY(ARRAY(
           SELECT agent_id FROM collectivites_rattachement WHERE collectivite_id = %(ville)s AND is_active)))
   AND (%(lieux)s::bigint[] IS NULL OR p.lieu_id = ANY(%(lieux)s))
   AND (%(ressources)s::bigint[] IS NULL OR p.ressource_id = ANY(%(ressources)s))
   AND (%(is_partout)s
        OR pm.motif_id <> ALL(ARRAY(SELECT id FROM rendezvous_motif WHERE is_sectorise AND id = ANY(%(motifs)s)))
        OR NOT EXISTS (SELECT FROM rendezvous_plagezone z WHERE z.plage_id = pm.plage_id)
        OR EXISTS (SELECT FROM rendezvous_plagezone z WHERE z.plage_id = pm.plage_id AND z.zone_id = %(zone)s))
"""

OUVERTURES = """
SELECT plage_id, jour, capacite, is_ferie_travaille,
       date_part('epoch', debut_at)::bigint, date_part('epoch', fin_at)::bigint
  FROM rendezvous_occurrenceplage
 WHERE plage_id = ANY(%(plages)s) AND jour BETWEEN %(du)s AND %(au)s
   AND debut_at BETWEEN %(avant)s AND %(apres)s AND fin_at > %(at)s
"""

JOURS_FERMES = """
SELECT NULL, lieu_id, debut_on, fin_on FROM collectivites_fermeture WHERE debut_on <= %(au)s AND fin_on >= %(du)s
 UNION ALL
SELECT agent_id, NULL, debut_on, fin_on FROM demandes_absence WHERE debut_on <= %(au)s AND fin_on >= %(du)s
"""

# Place 0: every place of who leads a session. `depuis`: nothing that began before it lasts until now.
OCCUPATIONS = """
SELECT ressource_id, CASE WHEN seance_id IS NULL THEN place ELSE 0 END,
       date_part('epoch', debut_at)::bigint, date_part('epoch', fin_at)::bigint
  FROM rendezvous_occupation
 WHERE ressource_id = ANY(%(ressources)s) AND is_actif AND (expire_at IS NULL OR expire_at > %(at)s)
   AND debut_at > %(depuis)s AND debut_at < %(apres)s AND fin_at > %(at)s
   AND (%(sauf)s::bigint IS NULL OR rendezvous_id IS DISTINCT FROM %(sauf)s)
"""

INDISPONIBLES = """
SELECT ressource_id, lieu_id, date_part('epoch', debut_at)::bigint, date_part('epoch', fin_at)::bigint
  FROM rendezvous_occurrenceindisponible
 WHERE fin_at > %(depuis)s AND debut_at < %(apres)s
"""
