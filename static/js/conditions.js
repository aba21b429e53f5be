// A question that does not apply is hidden; the server decides all the same, and says the condition in words.
import { chaque } from "./chaque.js";

const reponses = (forme, nom) =>
  [...forme.elements].filter((e) => e.name === nom && !e.closest(".champ[hidden]"))
    .flatMap((e) => e.matches("[type=radio], [type=checkbox]") ? (e.checked ? [e.value] : []) : [e.value]);

const appliquer = (forme) => {
  for (const champ of forme.querySelectorAll("[data-guichet-si]")) {
    const { champ: source, est } = JSON.parse(champ.dataset.guichetSi);
    const place = champ.closest(".champ");
    place.hidden = !reponses(forme, source).some((valeur) => est.includes(valeur));
    for (const mots of place.querySelectorAll(".condition")) mots.hidden = true;
  }
};

chaque("form:has([data-guichet-si]), form[data-guichet-conditions]", (forme) => {
  forme.addEventListener("change", () => appliquer(forme));
  forme.addEventListener("htmx:afterSettle", () => appliquer(forme));
  appliquer(forme);
});
