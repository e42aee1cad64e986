/**
 * The device key lies on the device only wrapped under keys made from people's PINs. PBKDF2-SHA-256 with 600,000 rounds (OWASP 2023) makes one
 * guess cost a second on the tablet; six digits are still only a million guesses, which docs/methods/field-device.md says plainly.
 */
export const rounds = 600_000;

export interface WrappedKey {
  salt: Uint8Array<ArrayBuffer>;
  nonce: Uint8Array<ArrayBuffer>;
  rounds: number;
  wrapped: Uint8Array<ArrayBuffer>;
}

export const isPin = (pin: string) => /^[0-9]{6,12}$/.test(pin);

async function wrappingKey(pin: string, salt: Uint8Array<ArrayBuffer>, count: number): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: count }, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt", "unwrapKey"]);
}

/** Wraps the 32 bytes that the server made for this device. */
export async function wrapDeviceKey(pin: string, deviceKey: Uint8Array<ArrayBuffer>, count = rounds): Promise<WrappedKey> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = await wrappingKey(pin, salt, count);
  const wrapped = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, deviceKey));
  return { salt, nonce, rounds: count, wrapped };
}

/** The device key, not extractable; null when the PIN is another. */
export async function unwrapDeviceKey(pin: string, held: WrappedKey): Promise<CryptoKey | null> {
  const key = await wrappingKey(pin, held.salt, held.rounds);
  try {
    return await crypto.subtle.unwrapKey("raw", held.wrapped, key, { name: "AES-GCM", iv: held.nonce }, { name: "AES-GCM" }, false, ["encrypt", "decrypt"]);
  } catch {
    return null;
  }
}

export const importDeviceKey = (raw: Uint8Array<ArrayBuffer>) => crypto.subtle.importKey("raw", raw, { name: "AES-GCM" }, false, ["encrypt", "decrypt"]);

/** Seconds to wait after so many failed tries: five are free, then ever longer. */
export function waitAfter(failed: number): number {
  return failed < 5 ? 0 : Math.min(900, 15 * 2 ** (failed - 5));
}

/** So many failed tries take what is already safe on the server off the device. */
export const mostTries = 12;
