// Live screens: an event is only a nudge, the element re-reads its state over HTTP. Polling when the stream is down.
import { chaque } from "./chaque.js";

const SONDAGE = 30_000;
const sources = new Map(); // one stream per address, shared: browsers open six connections a host at most

const secouer = (elements) => {
  for (const element of [...elements]) {
    if (element.isConnected) element.dispatchEvent(new CustomEvent("guichet:maj", { bubbles: false }));
    else elements.delete(element);
  }
};

function dire(flux, etat) {
  if (flux.etat === etat) return;
  flux.etat = etat;
  for (const element of flux.elements) {
    element.dataset.guichetEtat = etat;
    element.dispatchEvent(new CustomEvent("guichet:liaison", { bubbles: true, detail: { etat } }));
  }
}

function fermer(flux, adresse) {
  flux.source?.close();
  clearInterval(flux.sondage);
  clearTimeout(flux.reprise);
  sources.delete(adresse);
}

function ouvrir(flux, adresse) {
  const source = new EventSource(adresse);
  flux.source = source;
  source.addEventListener("open", () => { if (flux.etat === "perdue") secouer(flux.elements); flux.delai = 2000; dire(flux, "vive"); });
  source.addEventListener("maj", () => secouer(flux.elements));
  source.addEventListener("error", () => {
    dire(flux, "perdue");
    if (source.readyState !== EventSource.CLOSED) return; // the browser retries by itself
    flux.delai = Math.min(flux.delai * 2, 60_000);
    flux.reprise = setTimeout(() => ouvrir(flux, adresse), flux.delai + Math.random() * 1000);
  });
}

function brancher(adresse) {
  const flux = { elements: new Set(), delai: 2000, etat: "attente" };
  flux.sondage = setInterval(() => {
    for (const element of flux.elements) if (!element.isConnected) flux.elements.delete(element);
    if (!flux.elements.size) fermer(flux, adresse);
    else if (flux.source.readyState !== EventSource.OPEN && !document.hidden) secouer(flux.elements);
  }, SONDAGE);
  sources.set(adresse, flux);
  ouvrir(flux, adresse);
  return flux;
}

chaque("[data-guichet-flux]", (element) => {
  const adresse = new URL(element.dataset.guichetFlux, location.href);
  if (element.dataset.guichetFluxJeton) adresse.searchParams.set("jeton", element.dataset.guichetFluxJeton);
  (sources.get(adresse.href) ?? brancher(adresse.href)).elements.add(element);
});
