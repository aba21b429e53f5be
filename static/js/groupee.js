// Rows ticked in the list: Shift ticks a range, the head ticks the page, a live refresh keeps what was ticked.
import { chaque } from "./chaque.js";

const cases = () => [...document.querySelectorAll("input[name=d][form=groupee]")];
const identifiant = (case_) => case_.value.split(":")[0];

chaque("form[data-guichet-groupee]", (barre) => {
  const coches = new Set();
  const compte = barre.querySelector("[data-guichet-compte-coches]");
  const decocher = barre.querySelector("[data-guichet-decocher]");
  let derniere = null;
  barre.querySelector("[data-guichet-sans-js]").hidden = true;
  decocher.hidden = false;

  const peindre = () => {
    const presentes = cases();
    const ici = presentes.filter((case_) => case_.checked).length;
    barre.hidden = ici === 0;
    const texte = `${ici} demande${ici > 1 ? "s cochées" : " cochée"}`;
    if (compte.textContent !== texte) compte.textContent = texte;
    for (const tout of document.querySelectorAll("[data-guichet-tout-cocher]")) {
      tout.hidden = false;
      tout.checked = ici > 0 && ici === presentes.length;
      tout.indeterminate = ici > 0 && ici < presentes.length;
    }
  };
  const cocher = (case_, oui) => {
    case_.checked = oui;
    if (oui) coches.add(identifiant(case_)); else coches.delete(identifiant(case_));
  };

  document.addEventListener("click", (e) => {
    const case_ = e.target.closest("input[name=d][form=groupee]");
    if (!case_) return;
    const rangees = cases();
    const de = rangees.findIndex((autre) => identifiant(autre) === derniere);
    if (e.shiftKey && de >= 0) {
      const a = rangees.indexOf(case_);
      for (const autre of rangees.slice(Math.min(de, a), Math.max(de, a) + 1)) cocher(autre, case_.checked);
    } else cocher(case_, case_.checked);
    derniere = identifiant(case_);
    peindre();
  });
  document.addEventListener("change", (e) => {
    if (!e.target.matches("[data-guichet-tout-cocher]")) return;
    for (const case_ of cases()) cocher(case_, e.target.checked);
    peindre();
  });
  decocher.addEventListener("click", () => {
    for (const case_ of cases()) cocher(case_, false);
    coches.clear();
    peindre();
    document.querySelector("[data-guichet-tout-cocher]")?.focus();
  });
  barre.addEventListener("submit", () => { barre.elements.retour.value = location.pathname + location.search; });
  document.addEventListener("htmx:afterSettle", () => {
    for (const case_ of cases()) case_.checked = coches.has(identifiant(case_));
    peindre();
  });
  for (const case_ of cases()) if (case_.checked) coches.add(identifiant(case_));
  peindre();
});
