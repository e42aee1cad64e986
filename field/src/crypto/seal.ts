/** Sealed bytes: 12 bytes of nonce, then AES-256-GCM. The place (store and key) is bound in, so that no block can stand for another. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export async function seal(key: CryptoKey, place: string, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const cipher = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: encoder.encode(place) }, key, plain);
  const sealed = new Uint8Array(12 + cipher.byteLength);
  sealed.set(nonce);
  sealed.set(new Uint8Array(cipher), 12);
  return sealed;
}

export async function open(key: CryptoKey, place: string, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.subarray(0, 12), additionalData: encoder.encode(place) }, key, sealed.subarray(12)));
}

export const sealText = (key: CryptoKey, place: string, text: string) => seal(key, place, encoder.encode(text));

export const openText = async (key: CryptoKey, place: string, sealed: Uint8Array<ArrayBuffer>) => decoder.decode(await open(key, place, sealed));

export const sealJson = (key: CryptoKey, place: string, value: unknown) => sealText(key, place, JSON.stringify(value));

export const openJson = async <T>(key: CryptoKey, place: string, sealed: Uint8Array<ArrayBuffer>) => JSON.parse(await openText(key, place, sealed)) as T;

/** gzip in both directions, by the browser's own streams. */
export const pack = (plain: Uint8Array<ArrayBuffer>) => through(plain, new CompressionStream("gzip"));
export const unpack = (packed: Uint8Array<ArrayBuffer>) => through(packed, new DecompressionStream("gzip"));

/** The text of bytes that may be packed. */
export async function textIn(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return decoder.decode(bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpack(bytes) : bytes);
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}
