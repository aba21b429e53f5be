// Says something to screen readers without moving the focus (RGAA 7.5).
export function annoncer(texte) {
  const region = document.getElementById("annonces");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = texte; }, 50);
}
