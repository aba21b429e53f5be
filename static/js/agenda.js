// The agenda: arrows from block to block, a block dragged to another time leads to the same page as « Déplacer », the
// line of the present, the keys of the list of the day. Without it, everything is a link or a button.
import { chaque } from "./chaque.js";

const SEUIL = 6; // pixels before a press becomes a drag
const PAS = 5; // minutes
const lire = (element, nom) => parseFloat(getComputedStyle(element).getPropertyValue(nom)) || 0;
const milieu = (element) => { const boite = element.getBoundingClientRect(); return boite.top + boite.height / 2; };

function voisin(lien, touche) {
  const colonne = lien.closest("section");
  const colonnes = [...lien.closest(".agenda").querySelectorAll("section")];
  const liens = (section) => [...section.querySelectorAll(".bloc a")];
  if (touche === "ArrowUp" || touche === "ArrowDown") {
    const ici = liens(colonne);
    return ici[ici.indexOf(lien) + (touche === "ArrowDown" ? 1 : -1)];
  }
  const pas = touche === "ArrowRight" ? 1 : -1;
  for (let i = colonnes.indexOf(colonne) + pas; colonnes[i]; i += pas) {
    const proches = liens(colonnes[i]).sort((a, b) => Math.abs(milieu(a) - milieu(lien)) - Math.abs(milieu(b) - milieu(lien)));
    if (proches.length) return proches[0];
  }
  return null;
}

function surFleche(e) {
  const lien = e.target.closest(".bloc a");
  if (!lien || !e.key.startsWith("Arrow") || e.ctrlKey || e.metaKey || e.altKey) return;
  e.preventDefault(); // the arrows of the page change week: not from a block
  voisin(lien, e.key)?.focus();
}

function glisser(depart, lien) {
  const bloc = lien.parentElement, grille = lien.closest(".agenda"), boite = bloc.getBoundingClientRect();
  const dx = depart.clientX - boite.left, dy = depart.clientY - boite.top;
  let fantome = null, cible = null;

  const viser = (e) => {
    cible?.colonne.classList.remove("cible");
    const colonne = document.elementsFromPoint(e.clientX, e.clientY).map((x) => x.closest?.(".agenda-colonne")).find(Boolean);
    if (!colonne) { cible = null; return; }
    const haut = colonne.querySelector(".agenda-blocs").getBoundingClientRect().top;
    const brut = lire(grille, "--h") * 60 + (e.clientY - dy - haut) / lire(grille, "--px");
    const minute = Math.min(1435, Math.max(0, Math.round(brut / PAS) * PAS));
    cible = { colonne, minute };
    colonne.classList.add("cible");
    fantome.querySelector(".nombre").textContent = `${Math.floor(minute / 60)} h ${String(minute % 60).padStart(2, "0")}`;
  };
  const bouger = (e) => {
    if (!fantome) {
      if (Math.hypot(e.clientX - depart.clientX, e.clientY - depart.clientY) < SEUIL) return;
      fantome = bloc.cloneNode(true);
      fantome.querySelector("[id]")?.removeAttribute("id");
      fantome.classList.add("fantome");
      fantome.style.cssText = `inline-size:${boite.width}px;block-size:${boite.height}px`;
      grille.append(fantome);
    }
    fantome.style.left = `${e.clientX - dx}px`;
    fantome.style.top = `${e.clientY - dy}px`;
    viser(e);
  };
  const finir = (e) => {
    removeEventListener("pointermove", bouger);
    removeEventListener("pointerup", finir);
    removeEventListener("pointercancel", finir);
    removeEventListener("keydown", renoncer, true);
    cible?.colonne.classList.remove("cible");
    if (!fantome) return;
    fantome.remove();
    addEventListener("click", (clic) => { clic.preventDefault(); clic.stopPropagation(); }, { capture: true, once: true });
    setTimeout(() => document.body.click(), 0); // consumes the guard when the browser sends no click
    if (e.type !== "pointerup" || !cible) return;
    const { jour, ressource } = cible.colonne.dataset;
    const ici = encodeURIComponent(location.pathname + location.search);
    location.assign(`${lien.dataset.deplacer}?jour=${jour}&minute=${cible.minute}&ressource=${ressource}&retour=${ici}`);
  };
  const renoncer = (e) => { if (e.key === "Escape") { cible = null; e.preventDefault(); finir({ type: "escape" }); } };
  addEventListener("pointermove", bouger);
  addEventListener("pointerup", finir);
  addEventListener("pointercancel", finir);
  addEventListener("keydown", renoncer, true);
}

chaque("[data-guichet-agenda]", (agenda) => {
  agenda.addEventListener("keydown", surFleche);
  agenda.addEventListener("dragstart", (e) => { if (e.target.closest?.("[data-deplacer]")) e.preventDefault(); });
  agenda.addEventListener("click", (e) => { // free time: book there
    const colonne = e.target.closest(".agenda-colonne");
    if (!agenda.dataset.ici || !colonne || !e.target.matches(".ouvert")) return;
    const grille = colonne.closest(".agenda"), haut = colonne.querySelector(".agenda-blocs").getBoundingClientRect().top;
    const minute = Math.floor((lire(grille, "--h") * 60 + (e.clientY - haut) / lire(grille, "--px")) / PAS) * PAS;
    const { jour, ressource } = colonne.dataset;
    location.assign(`${agenda.dataset.ici}?jour=${jour}&minute=${minute}&ressource=${ressource}`);
  });
  agenda.addEventListener("pointerdown", (e) => {
    const lien = e.target.closest("a[data-deplacer]");
    if (lien && e.button === 0 && e.pointerType === "mouse" && getComputedStyle(lien.parentElement).position === "absolute") glisser(e, lien);
  });
});

chaque("[data-guichet-maintenant]", (trait) => { // one step a minute, from where the server put it
  const debut = Date.now(), minute = lire(trait, "--h") * 60 + lire(trait, "--t") * 10 + lire(trait, "--u");
  const timer = setInterval(() => {
    if (!trait.isConnected) { clearInterval(timer); return; }
    const ici = minute + Math.floor((Date.now() - debut) / 60_000);
    for (const [nom, valeur] of [["--h", Math.floor(ici / 60)], ["--t", Math.floor((ici % 60) / 10)], ["--u", ici % 10]]) trait.style.setProperty(nom, valeur);
  }, 30_000);
});

const trait = document.querySelector("[data-guichet-maintenant]"), cadre = document.getElementById("agenda-cadre");
if (trait && cadre) cadre.scrollTop = trait.offsetTop - cadre.clientHeight / 3; // opens on the present
document.querySelector("[data-guichet-ici]")?.scrollIntoView({ block: "nearest" });

chaque("[data-guichet-journee]", (liste) => liste.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || document.body.dataset.guichetRaccourcis === "non") return;
  const bouton = e.target.closest("tr")?.querySelector(`button[data-geste="${CSS.escape(e.key.toLowerCase())}"]`);
  if (bouton) { e.preventDefault(); bouton.click(); }
}));
