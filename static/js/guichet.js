// The one entry: one behaviour a module, each hooked on data-guichet-… and silent when its hook is absent.
import "./htmx_pont.js";
import "./raccourcis.js";
import "./recherche.js";
import "./dialogue.js";
import "./toast.js";
import "./brouillon.js";
import "./compteur_sms.js";
import "./reponse.js";
import "./pieces.js";
import "./modeles.js";
import "./presence.js";
import "./envoi_unique.js";
import "./envoi_auto.js";
import "./conditions.js";
import "./temps.js";
import "./chrono.js";
import "./flux.js";
