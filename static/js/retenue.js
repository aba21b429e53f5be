// How long a slot is still kept. The eye reads it all the time; screen readers hear 5 min, 2 min, 1 min, the end.
import { annoncer } from "./annonce.js";

const ESPACE = "\u00a0";
const PALIERS = [5, 2, 1];
const dits = new Set();

function dire(temps) {
  const reste = Math.ceil((Date.parse(temps.dataset.guichetRetenue) - Date.now()) / 1000);
  const minutes = Math.ceil(reste / 60);
  if (reste <= 0) {
    temps.textContent = "";
    if (!dits.has(0)) annoncer("Ce créneau n'est plus retenu. Continuez : s'il est encore libre, il est à vous.");
    dits.add(0);
    return;
  }
  temps.textContent = reste > 60 ? ` (encore ${minutes}${ESPACE}min)` : ` (encore ${reste}${ESPACE}s)`;
  if (PALIERS.includes(minutes) && !dits.has(minutes)) {
    dits.add(minutes);
    annoncer(`Ce créneau est encore retenu ${minutes} minute${minutes > 1 ? "s" : ""}.`);
  }
}

const tous = document.querySelectorAll("[data-guichet-retenue]");
for (const temps of tous) {
  dire(temps);
  setInterval(() => dire(temps), 1000);
}
