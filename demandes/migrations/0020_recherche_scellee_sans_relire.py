"""Sealing a service changes the domain of all its demandes: the search follows, without reading their words again."""

from django.db import migrations

ENTETE = """
CREATE OR REPLACE FUNCTION demandes_indexer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE conversation text := '';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.objet, NEW.description, NEW.domaine, NEW.received_at, NEW.lieu, NEW.reponses)
       IS NOT DISTINCT FROM (OLD.objet, OLD.description, OLD.domaine, OLD.received_at, OLD.lieu, OLD.reponses) THEN
      RETURN NULL;
    END IF;
"""
DOMAINE_SEUL = """
    IF (NEW.objet, NEW.description, NEW.received_at, NEW.lieu, NEW.reponses)
       IS NOT DISTINCT FROM (OLD.objet, OLD.description, OLD.received_at, OLD.lieu, OLD.reponses) THEN
      UPDATE demandes_recherchedemande SET domaine = NEW.domaine
       WHERE collectivite_id = NEW.collectivite_id AND demande_id = NEW.id;
      IF FOUND THEN
        RETURN NULL;
      END IF;
    END IF;
"""
SUITE = """
    conversation := demandes_texte(NEW.id, NEW.collectivite_id);
  END IF;
  INSERT INTO demandes_recherchedemande (collectivite_id, demande_id, domaine, received_at, mots)
  VALUES (NEW.collectivite_id, NEW.id, NEW.domaine, NEW.received_at,
          demandes_mots(NEW.collectivite_id, NEW.received_at,
                        concat_ws(' ', demandes_dossier(NEW), conversation)))
  ON CONFLICT (collectivite_id, demande_id) DO UPDATE
     SET domaine = EXCLUDED.domaine, received_at = EXCLUDED.received_at, mots = EXCLUDED.mots;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("demandes", "0019_depots_envoyes_gardes")]

    operations = [migrations.RunSQL(ENTETE + DOMAINE_SEUL + SUITE, ENTETE + SUITE)]
