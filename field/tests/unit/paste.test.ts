import { describe, expect, it } from "vitest";
import { pastedCells, pastedHeads } from "../../src/registers/paste";

describe("cells from a spreadsheet", () => {
  it("keep a line break within quotes in one cell", () => expect(pastedCells('1\t"two\nlines, ""so"""\t3\r\n4\t5" wide\t\r\n')).toEqual([["1", 'two lines, "so"', "3"], ["4", '5" wide', ""]]));
  it("take a quote that nothing closes as it stands", () => expect(pastedCells('"open\t2\n3')).toEqual([['"open', "2"], ["3"]]));
});

describe("heads of pasted columns", () => {
  const names = new Map([["patient_id", ["Número", "Number"]], ["sbp_1", ["Sistólica 1", "Systolic 1"]], ["a", ["Dose"]], ["b", ["Dose"]]]);
  const heads = (...row: string[]) => pastedHeads(row, names, "patient_id");
  it("are technical names or labels of any language, whatever accents and case", () => {
    expect(heads("NUMERO", "sistolica  1")).toEqual(["patient_id", "sbp_1"]);
    expect(heads("SBP_1", "Number")).toEqual(["sbp_1", "patient_id"]);
  });
  it("belong to no column when unknown, shared or said twice", () => expect(heads("number", "Height", "dose", "sbp_1", "systolic 1")).toEqual(["patient_id", null, null, "sbp_1", null]));
  it("are none in a row of values", () => expect(heads("0001", "150")).toBeNull());
});
