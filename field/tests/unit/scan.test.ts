import { describe, expect, it } from "vitest";
import { damm, nidOf, printedCode, readPayload } from "../../src/scan/payload";

const uuid = "01890a5d-ac96-774b-bcce-b302099a8057";

describe("codes", () => {
  it("reads an Escala card and notices a wrong sign", () => {
    const card = cardOf(uuid);
    expect(card.length).toBe(5 + 28);
    expect(readPayload(card)).toEqual({ person: uuid });
    expect(readPayload(card.toLowerCase())).toEqual({ person: uuid });
    for (let i = 5; i < card.length - 1; i++) {
      const other = card[i] === "A" ? "B" : "A";
      expect(readPayload(card.slice(0, i) + other + card.slice(i + 1)), `place ${i}`).toBeNull();
    }
  });
  it("reads what other systems print", () => {
    expect(readPayload(uuid.toUpperCase())).toEqual({ person: uuid });
    expect(readPayload(`{"id":"${uuid}","version":1}`)).toEqual({ person: uuid });
    expect(readPayload('{"hidn":"110101061900123"}')).toEqual({ number: "11010106/19/00123" });
    expect(readPayload(" 11010106 / 19 / 00123 ")).toEqual({ number: "11010106/19/00123" });
    expect(readPayload("7-204511")).toEqual({ number: "7-204511" });
    expect(readPayload("{broken")).toBeNull();
  });
  it("knows a NID however it is typed", () => expect(["11010106/19/00123", "110101061900123", "11010106-19-00123", "1101010619001"].map(nidOf)).toEqual(["11010106/19/00123", "11010106/19/00123", "11010106/19/00123", null]));
  it("prints a code whose check notices any wrong digit and any swap", () => {
    const code = printedCode(uuid);
    expect(code).toMatch(/^[0-9]{8}$/);
    expect(damm(code)).toBe(0);
    for (let i = 0; i < 8; i++) for (let d = 0; d < 10; d++) if (String(d) !== code[i]) expect(damm(code.slice(0, i) + d + code.slice(i + 1))).not.toBe(0);
    expect(damm("572")).toBe(4);
  });
});

/** As `escala cards` writes it: base32 of the uuid's bytes and their CRC-8. */
function cardOf(id: string): string {
  const bytes = [...Buffer.from(id.replace(/-/g, ""), "hex")];
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = ((crc << 1) ^ (crc & 128 ? 7 : 0)) & 255;
  }
  const bits = [...bytes, crc].map((b) => b.toString(2).padStart(8, "0")).join("");
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return "ESC1:" + (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[parseInt(five.padEnd(5, "0"), 2)]).join("");
}
