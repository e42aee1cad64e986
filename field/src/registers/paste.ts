/** What a spreadsheet puts on the clipboard: rows of cells. A quoted cell may hold tabs and line breaks, which become spaces; a quote within a cell is a quote. */
export function pastedCells(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  while (true) {
    const quoted = source[at] === '"' ? /^"((?:[^"]|"")*)"(?=[\t\n]|$)/.exec(source.slice(at)) : null;
    const raw = quoted?.[0] ?? /^[^\t\n]*/.exec(source.slice(at))![0];
    rows[rows.length - 1]!.push((quoted === null ? raw : quoted[1]!.replace(/""/g, '"')).replace(/\s+/g, " ").trim());
    at += raw.length;
    if (at >= source.length) return rows;
    if (source[at] === "\n") rows.push([]);
    at++;
  }
}

/** A head as it is compared: without accents, case and marks. */
const folded = (head: string) => head.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/**
 * To which column each pasted head belongs, null where to none; null as a whole when the row names no columns. `names` holds a column's technical
 * name and its labels. A label that two columns share, and a head that comes twice, belong to none.
 */
export function pastedHeads(row: string[], names: ReadonlyMap<string, string[]>, personColumn: string): (string | null)[] | null {
  const taken = new Set<string>();
  const heads = row.map((cell) => {
    const head = folded(cell);
    if (head === "") return null;
    const exact = [...names.keys()].filter((column) => folded(column) === head);
    const found = exact.length > 0 ? exact : [...names].filter(([, labels]) => labels.some((label) => folded(label) === head)).map(([column]) => column);
    if (found.length !== 1 || taken.has(found[0]!)) return null;
    taken.add(found[0]!);
    return found[0]!;
  });
  return taken.has(personColumn) || taken.size > 1 ? heads : null;
}
