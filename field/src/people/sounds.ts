/**
 * Folds names to how they sound in Portuguese and Spanish, so that Sousa finds Souza, Helena finds Elena and Teixeira is found without its
 * x being right. A word may have several folds (ll sounds like l in one language and like y in the other); the index holds all of them.
 */

const marks = /[\u0300-\u036f]/g;

function letters(word: string): string {
  return word.toLowerCase().normalize("NFD").replace(marks, "").replace(/[^a-z]/g, "");
}

function sound(word: string): string {
  return word
    .replace(/ph/g, "f")
    .replace(/[cs]h/g, "x")
    .replace(/qu(?=[ei])/g, "k")
    .replace(/q/g, "k")
    .replace(/c(?=[eiy])/g, "s")
    .replace(/c/g, "k")
    .replace(/gu(?=[ei])/g, "g\u0001")
    .replace(/g(?=[eiy])/g, "j")
    .replace(/[h\u0001]/g, "")
    .replace(/[vw]/g, "b")
    .replace(/z/g, "s")
    .replace(/y/g, "i")
    .replace(/(.)\1+/g, "$1");
}

/** The readings of a word as letters: ll as l or y, x at the beginning as x or j, ç as s or, where the tail was not typed, as c. */
function variants(word: string): string[] {
  const plain = letters(word);
  if (plain === "") return [];
  const words = plain.includes("ll") ? [plain, plain.replace(/ll/g, "y")] : [plain];
  if (plain.startsWith("x")) words.push("j" + plain.slice(1));
  const lower = word.toLowerCase().normalize("NFC");
  if (lower.includes("ç")) words.push(letters(lower.replace(/ç/g, "s")));
  return words;
}

/** The folds of a whole word; empty for a word without letters. */
export function foldWord(word: string): string[] {
  return [...new Set(variants(word).map((w) => sound(w).replace(/m$/, "n")).filter((w) => w !== ""))];
}

/** What may follow changes how these ends sound: every reading is tried while the word is being typed. */
const openEnds: [RegExp, string[]][] = [
  [/c$/, ["k", "s", "x"]],
  [/l$/, ["l", "i"]],
  [/p$/, ["p", "f"]],
  [/s$/, ["s", "x"]],
  [/gu?$/, ["g", "j"]],
  [/qu?$/, ["k"]],
  [/m$/, ["m", "n"]],
];

/** The folds with which the index's words may begin when somebody has typed this much of one. */
export function foldPrefix(word: string): string[] {
  const folds = new Set<string>();
  for (const variant of variants(word)) {
    const end = openEnds.find(([pattern]) => pattern.test(variant));
    if (end === undefined) folds.add(sound(variant));
    else for (const ending of end[1]) folds.add(sound(variant.replace(end[0], "") + "\u0002").replace("\u0002", ending).replace(/(.)\1+/g, "$1"));
  }
  return [...folds].filter((fold) => fold !== "");
}

/** All folds of a name's words, each after a space and with one behind the last: " maria juau ". */
export function foldName(name: string): string {
  const folds = name.split(/[\s\-.,]+/).flatMap(foldWord);
  return folds.length === 0 ? "" : " " + folds.join(" ") + " ";
}
