// Live count of SMS segments, the rule of the server: GSM 03.38 (160/153) or UCS-2 (70/67).
import { chaque } from "./chaque.js";

const BASE = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const EXTENSION = new Set("\f^{}\\[~]|€");

// Units of each character; in UCS-2 a surrogate pair counts two and is never cut in half.
function compter(texte) {
  const signes = [...texte];
  const gsm = signes.every((s) => BASE.has(s) || EXTENSION.has(s));
  const [seul, suite] = gsm ? [160, 153] : [70, 67];
  const poids = signes.map((s) => (gsm ? (EXTENSION.has(s) ? 2 : 1) : s.length));
  const unites = poids.reduce((a, b) => a + b, 0);
  if (unites <= seul) return { unites, place: seul, segments: unites ? 1 : 0, gsm };
  let segments = 1;
  let rempli = 0;
  for (const p of poids) {
    if (rempli + p > suite) { segments += 1; rempli = 0; }
    rempli += p;
  }
  return { unites, place: segments * suite, segments, gsm };
}

function ecrire(zone, sortie) {
  const forme = zone.form;
  const modes = forme?.querySelectorAll("[data-guichet-bouton]") ?? [];
  const sms = !modes.length || [...modes].some((m) => m.checked && "guichetCompte" in m.dataset);
  const c = compter(zone.value);
  const accents = c.gsm ? "" : " (signes spéciaux : messages plus courts)";
  sortie.textContent = sms ? `${c.unites} / ${c.place} · ${c.segments} SMS${accents}` : `${zone.value.length} signes`;
}

chaque("textarea[data-guichet-compteur-sms]", (zone) => {
  const sortie = (zone.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)).find((e) => e?.tagName === "OUTPUT");
  if (!sortie) return;
  const suivre = () => ecrire(zone, sortie);
  zone.addEventListener("input", suivre);
  zone.form?.addEventListener("change", suivre);
  suivre();
});

export { compter };
