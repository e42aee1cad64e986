import { isUuid } from "../crypto/ids";

/** What a scanned or typed code says: a person, or a number of a system. */
export type Scanned = { person: string } | { number: string; system?: string };

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** CRC-8 (polynomial 0x07) of the uuid's sixteen bytes: one wrong sign on a dirty card is noticed. */
function check(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x07 : 0)) & 0xff;
  }
  return crc;
}

function fromBase32(text: string): Uint8Array | null {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    const value = alphabet.indexOf(letter);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
      held &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(bytes);
}

function uuidOf(bytes: Uint8Array): string {
  const hex = [...bytes.subarray(0, 16)].map((b) => b.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Damm's check digit over the printed code's digits: any wrong digit and any two swapped are noticed. 0 when right. */
export function damm(digits: string): number {
  const table = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"];
  let interim = 0;
  for (const digit of digits) interim = Number(table[interim]![Number(digit)]);
  return interim;
}

/** The eight digits printed on a card: seven of the uuid's first hexadecimal digits folded to decimal, and a check digit. */
export function printedCode(uuid: string): string {
  const seven = (BigInt("0x" + uuid.replace(/-/g, "").slice(-12)) % 10_000_000n).toString().padStart(7, "0");
  return seven + damm(seven).toString();
}

/** A number of the Mozambican health services, PPDDUUSS/AA/NNNNN, however its slashes were typed. Null when it is none. */
export function nidOf(text: string): string | null {
  const digits = text.replace(/[\s/\\.-]/g, "");
  return /^[0-9]{15}$/.test(digits) ? `${digits.slice(0, 8)}/${digits.slice(8, 10)}/${digits.slice(10)}` : null;
}

/** Null when the code was misread: an Escala card whose check is wrong. */
export function readPayload(text: string): Scanned | null {
  const code = text.trim();
  if (/^ESC1:/i.test(code)) {
    const bytes = fromBase32(code.slice(5).toUpperCase());
    if (bytes === null || bytes.length !== 17 || check(bytes.subarray(0, 16)) !== bytes[16]) return null;
    return { person: uuidOf(bytes) };
  }
  if (isUuid(code.toLowerCase())) return { person: code.toLowerCase() };
  if (/^[0-9a-f]{32}$/i.test(code)) return { number: code };
  if (code.startsWith("{")) {
    try {
      const said = JSON.parse(code) as Record<string, unknown>;
      for (const name of ["id", "uuid", "hidn", "number", "nid"]) {
        const value = said[name];
        if (typeof value === "string" && value !== "") return isUuid(value.toLowerCase()) ? { person: value.toLowerCase() } : { number: nidOf(value) ?? value };
      }
    } catch {
      return null;
    }
    return null;
  }
  return { number: nidOf(code) ?? code };
}
