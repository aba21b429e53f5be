// Proposals under a text, called while typing (« @cla », « ::merci »): arrows choose, Enter or Tab writes, Escape closes.
import { annoncer } from "./annonce.js";

let nombre = 0;

// appel: what calls, from the start of a word (group 1 comes before it, the last one is looked for); ecrire(option): the
// text that takes its place. `adresse` answers options of a list, those that can't be chosen are aria-disabled.
export function proposer(zone, { appel, adresse, nom, unite, ecrire, permis = () => true }) {
  const liste = document.createElement("ul");
  Object.assign(liste, { className: "propositions", hidden: true, id: `propositions-${++nombre}` });
  liste.setAttribute("role", "listbox");
  liste.setAttribute("aria-label", nom);
  zone.after(liste);
  let demande = 0;

  const trouver = () => (permis() ? appel.exec(zone.value.slice(0, zone.selectionStart)) : null);
  const choix = () => [...liste.querySelectorAll("[role=option]:not([aria-disabled])")];
  const actif = () => liste.querySelector("[aria-selected=true]");
  const fermer = () => { liste.hidden = true; zone.removeAttribute("aria-activedescendant"); };

  function viser(option) {
    actif()?.removeAttribute("aria-selected");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    zone.setAttribute("aria-activedescendant", option.id);
  }

  async function chercher() {
    const trouve = trouver();
    if (!trouve) { fermer(); return; }
    const rang = ++demande;
    const reponse = await fetch(`${adresse}?q=${encodeURIComponent(trouve.at(-1))}`);
    if (!reponse.ok || rang !== demande || !trouver()) return;
    liste.innerHTML = await reponse.text();
    if (!liste.children.length) { fermer(); return; }
    liste.hidden = false;
    zone.setAttribute("aria-controls", liste.id);
    const [premier, ...autres] = choix();
    if (premier) viser(premier);
    annoncer(premier ? `${autres.length + 1} ${unite}${autres.length ? "s" : ""}` : liste.textContent.trim());
  }

  function inserer(option) {
    const trouve = trouver();
    if (!trouve || !option) return;
    zone.setRangeText(ecrire(option), trouve.index + trouve[1].length, zone.selectionStart, "end");
    fermer();
    zone.focus();
    zone.dispatchEvent(new Event("input", { bubbles: true }));
  }

  zone.addEventListener("input", chercher);
  zone.addEventListener("blur", () => setTimeout(fermer, 200));
  liste.addEventListener("mousedown", (e) => {
    e.preventDefault();
    inserer(choix().find((option) => option.contains(e.target)));
  });
  zone.addEventListener("keydown", (e) => {
    if (liste.hidden) return;
    const options = choix();
    const rang = options.indexOf(actif());
    if ((e.key === "ArrowDown" || e.key === "ArrowUp") && options.length) {
      e.preventDefault();
      viser(options.at((rang + (e.key === "ArrowDown" ? 1 : -1)) % options.length));
    } else if ((e.key === "Enter" || e.key === "Tab") && actif() && !e.ctrlKey) {
      e.preventDefault();
      inserer(actif());
    } else if (e.key === "Escape") { e.stopPropagation(); fermer(); }
  });
}
