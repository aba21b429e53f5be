// Single-key shortcuts, never while typing, switched off by data-guichet-raccourcis="non" on <body> (WCAG 2.1.4).
const SAISIE = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const FLECHES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const DELAI = 1500; // ms between « g » and its letter
let attente = 0;

const actifs = () => document.body.dataset.guichetRaccourcis !== "non";
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const cherche = (attribut, touche) =>
  [...document.querySelectorAll(`[${attribut}="${CSS.escape(touche)}"]`)].find(visible);

function agir(element) {
  if (element.matches(SAISIE)) { element.focus(); element.select?.(); } else element.click();
}

function marcher(pas) {
  const liste = document.activeElement?.closest("[data-guichet-liste]") ?? [...document.querySelectorAll("[data-guichet-liste]")].find(visible);
  if (!liste) return;
  const cibles = [...liste.children].map((ligne) => ligne.querySelector("a, button")).filter((c) => c && visible(c));
  const ici = cibles.findIndex((cible) => cible === document.activeElement || cible.closest("[data-guichet-liste] > *").contains(document.activeElement));
  cibles[ici < 0 ? (pas > 0 ? 0 : cibles.length - 1) : Math.min(cibles.length - 1, Math.max(0, ici + pas))]?.focus();
}

const nomDe = (element) =>
  (element.getAttribute("aria-label") || element.labels?.[0]?.textContent || [...element.querySelectorAll("span:not(.badge, .badge *)")].map((s) => s.textContent)[0] || element.textContent).trim();

function aide() {
  const dialogue = document.getElementById("aide-clavier");
  if (!dialogue || dialogue.open) return;
  const paires = new Map();
  for (const e of document.querySelectorAll("[data-guichet-touche]")) if (visible(e)) paires.set(FLECHES[e.dataset.guichetTouche] ?? e.dataset.guichetTouche, nomDe(e));
  for (const e of document.querySelectorAll("[data-guichet-aller]")) paires.set(`g puis ${e.dataset.guichetAller}`, nomDe(e));
  if (document.querySelector("[data-guichet-liste]")) paires.set("j / k", "Ligne suivante, ligne précédente");
  paires.set("?", "Cette aide");
  const liste = dialogue.querySelector("[data-guichet-raccourcis-liste]");
  liste.replaceChildren(...[...paires].flatMap(([touche, nom]) => {
    const dt = document.createElement("dt");
    dt.append(Object.assign(document.createElement("kbd"), { textContent: touche }));
    return [dt, Object.assign(document.createElement("dd"), { textContent: nom })];
  }));
  dialogue.showModal();
}

function surTouche(e) {
  if (!actifs() || e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (e.target.closest?.(SAISIE) || document.querySelector("dialog:modal")) return;
  const touche = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  let fait = true;
  if (Date.now() - attente < DELAI) {
    const lien = cherche("data-guichet-aller", touche) ?? document.querySelector(`[data-guichet-aller="${CSS.escape(touche)}"]`);
    attente = 0;
    if (lien) lien.click(); else fait = false;
  } else if (touche === "?") aide();
  else if (touche === "g" && document.querySelector("[data-guichet-aller]")) attente = Date.now();
  else if (touche === "j" || touche === "k") marcher(touche === "j" ? 1 : -1);
  else {
    const element = cherche("data-guichet-touche", touche);
    if (element) agir(element); else fait = false;
  }
  if (fait) e.preventDefault();
}

document.addEventListener("keydown", surTouche);
document.addEventListener("click", (e) => { if (e.target.closest("[data-guichet-aide]")) aide(); });
