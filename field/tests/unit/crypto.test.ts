import { describe, expect, it } from "vitest";
import { isUuid, newId } from "../../src/crypto/ids";
import { isPin, rounds, unwrapDeviceKey, waitAfter, wrapDeviceKey } from "../../src/crypto/pin";
import { open, openJson, pack, seal, sealJson, unpack } from "../../src/crypto/seal";

const raw = crypto.getRandomValues(new Uint8Array(32));

describe("the device key", () => {
  it("comes back under its PIN and no other, and cannot be taken out", async () => {
    const held = await wrapDeviceKey("482915", raw, 1000);
    expect(await unwrapDeviceKey("482916", held)).toBeNull();
    const key = (await unwrapDeviceKey("482915", held))!;
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
    expect(Buffer.from(held.wrapped).includes(Buffer.from(raw))).toBe(false);
  });
  it("is wrapped with at least 600,000 rounds", () => expect(rounds).toBeGreaterThanOrEqual(600_000));
  it("seals with a fresh nonce, bound to its place", async () => {
    const key = (await unwrapDeviceKey("482915", await wrapDeviceKey("482915", raw, 1000)))!;
    const one = await sealJson(key, "people/1", { name: "Ana" });
    const two = await sealJson(key, "people/1", { name: "Ana" });
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(false);
    expect(Buffer.from(one).includes("Ana")).toBe(false);
    expect(await openJson(key, "people/1", one)).toEqual({ name: "Ana" });
    await expect(openJson(key, "people/2", one)).rejects.toThrow();
    one[20]! ^= 1;
    await expect(open(key, "people/1", one)).rejects.toThrow();
    expect((await unpack(await pack(new Uint8Array([1, 2, 3])))).length).toBe(3);
    expect((await seal(key, "x", new Uint8Array(0))).length).toBe(28);
  });
});

describe("tries", () => {
  it("are free five times, then ever slower", () => expect([1, 4, 5, 6, 7, 11, 20].map(waitAfter)).toEqual([0, 0, 15, 30, 60, 900, 900]));
  it("take PINs of six digits and more", () => expect(["12345", "123456", "12345a", "1234567890123"].map(isPin)).toEqual([false, true, false, false]));
});

describe("ids", () => {
  it("are version 7 and sort by when they were made", () => {
    const ids = [1, 2, 3].map((n) => newId(1764099000000 + n * 1000));
    expect(ids.every((id) => isUuid(id) && id[14] === "7" && "89ab".includes(id[19]!))).toBe(true);
    expect([...ids].sort()).toEqual(ids);
  });
});
