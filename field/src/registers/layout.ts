import { readRecord, writeRecord } from "./csv";

/** How a source lays out its rows: `csv|,|.|Iso|patient_id|…` (Escala.Programmes.Facts.Layout). */
export interface Layout {
  delimiter: string;
  decimal: string;
  dates: "Iso" | "DayMonthYear" | "MonthDayYear";
  columns: string[];
}

export function parseLayout(text: string): Layout | null {
  const [kind, delimiter, decimal, dates, ...columns] = text.split("|");
  if (kind !== "csv" || delimiter?.length !== 1 || decimal?.length !== 1) return null;
  if (dates !== "Iso" && dates !== "DayMonthYear" && dates !== "MonthDayYear") return null;
  // A bar in a column's name stands as %7C (Layout.Read).
  return { delimiter, decimal, dates, columns: columns.map((column) => column.replaceAll("%7C", "|").replaceAll("%257C", "%7C").replaceAll("%2525", "%25")) };
}

/** A row's values by column, as they stand; null when the record cannot be split. */
export function readRow(body: string, layout: Layout): Map<string, string> | null {
  const fields = readRecord(body, layout.delimiter);
  if (fields === null) return null;
  const row = new Map<string, string>();
  layout.columns.forEach((column, i) => {
    const value = fields[i] ?? "";
    if (value !== "") row.set(column, value);
  });
  return row;
}

export function writeRow(row: ReadonlyMap<string, string>, layout: Layout): string {
  return writeRecord(layout.columns.map((column) => row.get(column) ?? ""), layout.delimiter);
}

/** A date as ISO text, or as it stands when it is none. */
export function isoDate(text: string, dates: Layout["dates"]): string {
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return text.slice(0, 10);
  const parts = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/.exec(text);
  if (parts === null || dates === "Iso") return text;
  const [day, month] = dates === "DayMonthYear" ? [parts[1]!, parts[3]!] : [parts[3]!, parts[1]!];
  return `${parts[4]!}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}
