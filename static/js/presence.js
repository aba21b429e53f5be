// Who else has this demande open: a sign of life every 20 s, « is writing » while one types, gone when the page is left.
// The draft is kept on the server too, two seconds after the last key.
import { chaque } from "./chaque.js";

const RYTHME = 20000;
const jeton = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

chaque("[data-guichet-presence]", (place) => {
  const adresse = place.dataset.guichetPresence;
  const forme = document.querySelector("form[data-guichet-garde]");
  let frappe = 0;

  async function dire(fait) {
    const corps = new URLSearchParams({ csrfmiddlewaretoken: jeton(), fait });
    try {
      const reponse = await fetch(adresse, { method: "POST", body: corps, keepalive: fait === "" });
      if (!reponse.ok || reponse.redirected || !fait) return;
      const lu = new DOMParser().parseFromString(await reponse.text(), "text/html").querySelector("#presence");
      if (lu && lu.innerHTML !== place.innerHTML) place.innerHTML = lu.innerHTML;
    } catch { /* the network is away: nobody is seen, nothing stops */ }
  }

  const etat = () => (Date.now() - frappe < RYTHME ? "ecrit" : "lit");
  const battre = () => { if (document.visibilityState === "visible") dire(etat()); };
  battre();
  setInterval(battre, RYTHME);
  window.addEventListener("pagehide", () => dire(""));

  if (!forme) return;
  let minuterie;
  forme.addEventListener("input", () => {
    const commence = etat() === "lit";
    frappe = Date.now();
    if (commence) dire("ecrit");
    clearTimeout(minuterie);
    minuterie = setTimeout(() => {
      const corps = new FormData();
      for (const nom of ["csrfmiddlewaretoken", "texte"]) corps.set(nom, forme.elements[nom]?.value ?? "");
      corps.set("canal", forme.querySelector("[name=canal]:checked")?.value ?? "");
      fetch(forme.dataset.guichetGarde, { method: "POST", body: corps, headers: { "X-Guichet-Brouillon": "1" } }).catch(() => {});
    }, 2000);
  });
  forme.addEventListener("submit", () => clearTimeout(minuterie));
});
