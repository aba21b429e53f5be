// « @cla » in an internal note proposes colleagues who may read the demande.
import { chaque } from "./chaque.js";
import { proposer } from "./propositions.js";

chaque("form[data-guichet-mentions]", (forme) => proposer(forme.querySelector("textarea"), {
  appel: /(^|[\s(])@([\p{L}'’-]+(?: [\p{L}'’-]*)?)$/u,
  adresse: forme.dataset.guichetMentions,
  nom: "Collègues",
  unite: "collègue",
  ecrire: (option) => `@${option.dataset.guichetMention} `,
  permis: () => (forme.querySelector("[name=canal]:checked")?.value ?? "note") === "note",
}));
