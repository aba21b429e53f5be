// « :: » in a reply proposes the templates; the text of each comes filled for this demande.
import { chaque } from "./chaque.js";
import { proposer } from "./propositions.js";

chaque("form[data-guichet-modeles]", (forme) => proposer(forme.querySelector("textarea"), {
  appel: /(^|\s)::([\p{L}\d-]*)$/u,
  adresse: forme.dataset.guichetModeles,
  nom: "Modèles de réponse",
  unite: "modèle",
  ecrire(option) {
    const servi = document.createElement("input");
    Object.assign(servi, { type: "hidden", name: "modele", value: option.dataset.guichetModele });
    forme.append(servi);
    return option.querySelector("template").content.textContent;
  },
}));
