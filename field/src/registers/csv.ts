/** One record of a CSV line (RFC 4180), read as Escala.Programmes.Facts.CsvRecord reads it: outer spaces off, quotes undone. */
export function readRecord(record: string, delimiter: string): string[] | null {
  const fields: string[] = [];
  let at = 0;
  while (true) {
    while (record[at] === " ") at++;
    let field = "";
    if (record[at] === '"') {
      at++;
      while (true) {
        if (at >= record.length) return null;
        if (record[at] !== '"') field += record[at++];
        else if (record[at + 1] === '"') {
          field += '"';
          at += 2;
        } else break;
      }
      at++;
      while (record[at] === " ") at++;
      if (at < record.length && record[at] !== delimiter) return null;
    } else {
      const end = record.indexOf(delimiter, at);
      field = record.slice(at, end < 0 ? record.length : end);
      at = end < 0 ? record.length : end;
    }
    fields.push(field.replace(/^[ \t]+|[ \t\r]+$/g, ""));
    if (at >= record.length) return fields;
    at++;
  }
}

export function writeRecord(fields: string[], delimiter: string): string {
  return fields
    .map((field) => {
      const one = field.replace(/[\r\n]+/g, " ").trim();
      return one.includes(delimiter) || one.includes('"') ? '"' + one.replace(/"/g, '""') + '"' : one;
    })
    .join(delimiter)
    .replace(/^$/, '""');
}
