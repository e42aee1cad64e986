import { base64Of } from "../crypto/ids";
import { unpack } from "../crypto/seal";
import type { Pack } from "../registers/pack";
import type { Choice, SignedIn } from "../store/device";

/** Why a call brought nothing. What was written stays on the device whatever the reason. */
export type Trouble =
  | { kind: "offline" }
  /** Something between here and the server answered instead of it: the sign-in page of a Wi-Fi network. */
  | { kind: "portal" }
  | { kind: "sign-in" }
  | { kind: "revoked" }
  /** The account, not the tablet: somebody else may go on here. */
  | { kind: "disabled" }
  | { kind: "later"; seconds: number }
  | { kind: "refused"; code: string; title: string };

export class CallFailed extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.kind);
  }
}

export interface PushAnswer {
  epoch: string;
  head: number;
  backedUp: number;
  now: number;
  receipts: { id: string; status: string; position?: number; problem?: unknown }[];
}

/** What became of an entry that was refused, who said so, and when (UTC milliseconds). */
export interface Told {
  id: string;
  outcome: "taken" | "mended" | "withdrawn" | "given-up";
  position: number;
  by: string | null;
  reason: string | null;
  at: number;
}

const patience = 60_000;

/** The server, asked on behalf of one account. Every answer is recognised before it is believed. */
export class Server {
  /** Seconds by which this device's clock is ahead of the one in the server's latest answer; null before one. */
  ahead: number | null = null;

  constructor(private readonly token: string, private readonly device: string, private readonly language: string) {}

  async pack({ facility, isAlone }: Choice, tag: string): Promise<{ pack: Pack; tag: string } | null> {
    const response = await this.call("pack?facility=" + encodeURIComponent(facility) + (isAlone ? "&alone=true" : ""), tag === "" ? {} : { headers: { "If-None-Match": tag } });
    if (response.status === 304) return null;
    const pack = await json<Pack>(response);
    if (typeof pack.programme !== "string" || pack.register === undefined) throw new CallFailed({ kind: "portal" });
    return { pack, tag: response.headers.get("ETag") ?? "" };
  }

  async push(batch: Uint8Array<ArrayBuffer>): Promise<PushAnswer> {
    const answer = await json<PushAnswer>(await this.call("exchange/push", { method: "POST", body: batch, headers: { "Content-Type": "application/gzip" } }));
    if (typeof answer.epoch !== "string" || !Array.isArray(answer.receipts)) throw new CallFailed({ kind: "portal" });
    return answer;
  }

  /** The batch's bytes as they came (gzip or plain) and its text. */
  async pull(facility: string, after: number): Promise<{ bytes: Uint8Array<ArrayBuffer>; text: string }> {
    const response = await this.call(`exchange/pull?facility=${encodeURIComponent(facility)}&after=${after}`, {});
    const bytes = new Uint8Array(await response.arrayBuffer().catch(() => {
      throw new CallFailed({ kind: "offline" });
    }));
    const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const plain = zipped ? await unpack(bytes).catch(() => null) : bytes;
    if (plain === null) throw new CallFailed({ kind: "offline" });
    const text = new TextDecoder().decode(plain);
    if (!text.startsWith('{"escala":')) throw new CallFailed({ kind: "portal" });
    return { bytes, text };
  }

  /** What became of entries that the device shows as refused; nothing of those that still wait. */
  async refused(ids: string[]): Promise<Told[]> {
    const { settled } = await json<{ settled: Told[] }>(await this.call("exchange/refused", { method: "POST", body: JSON.stringify({ ids }), headers: { "Content-Type": "application/json" } }));
    if (!Array.isArray(settled)) throw new CallFailed({ kind: "portal" });
    return settled;
  }

  async common(checkpoints: [number, string][]): Promise<{ epoch: string; common: number }> {
    const answer = await json<{ epoch: string; common: number }>(
      await this.call("exchange/common", { method: "POST", body: JSON.stringify({ checkpoints }), headers: { "Content-Type": "application/json" } }));
    if (typeof answer.common !== "number") throw new CallFailed({ kind: "portal" });
    return answer;
  }

  async sheets(district: string): Promise<unknown> {
    return json(await this.call("sheets?district=" + encodeURIComponent(district), {}));
  }

  async signOut(): Promise<void> {
    await this.call("sign-out", { method: "POST" });
  }

  private async call(path: string, init: RequestInit): Promise<Response> {
    const response = await ask(path, { ...init, headers: { ...init.headers, Authorization: "Bearer " + this.token, "Escala-Device": this.device, "Accept-Language": this.language } });
    const now = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(now)) this.ahead = Math.round((Date.now() - now) / 1000);
    return response;
  }
}

export async function signIn(said: { account: string; pin: string; device: { id: string; name: string }; facility: string | null }, language: string): Promise<SignedIn> {
  const response = await ask("sign-in", { method: "POST", body: JSON.stringify(said), headers: { "Content-Type": "application/json", "Accept-Language": language } });
  const answer = await json<Omit<SignedIn, "deviceKey"> & { deviceKey: string }>(response);
  if (typeof answer.token !== "string" || typeof answer.deviceKey !== "string") throw new CallFailed({ kind: "portal" });
  return { ...answer, deviceKey: base64Of(answer.deviceKey) };
}

/** Whether the administration has withdrawn this tablet: asked without a token while nobody has unlocked one. False when nobody can be asked. */
export async function isRevoked(device: string): Promise<boolean> {
  const trouble = await ask("pack", { headers: { "Escala-Device": device } }).then(() => null, (failure: unknown) => (failure instanceof CallFailed ? failure.trouble : null));
  return trouble?.kind === "revoked";
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(import.meta.env.BASE_URL + path, { ...init, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(patience) });
  } catch {
    throw new CallFailed({ kind: "offline" });
  }
  if (response.type === "opaqueredirect") throw new CallFailed({ kind: "portal" });
  if (response.ok || response.status === 304) return response;
  if (response.status === 410) throw new CallFailed({ kind: "revoked" });
  if (response.status === 429 || response.status === 503) throw new CallFailed({ kind: "later", seconds: Number(response.headers.get("Retry-After") ?? 30) || 30 });
  const problem = (await response.json().catch(() => null)) as { type?: string; title?: string } | null;
  if (response.status === 401) {
    if (path === "sign-in") throw new CallFailed({ kind: "refused", code: problem?.type ?? "", title: problem?.title ?? "" });
    throw new CallFailed({ kind: "sign-in" });
  }
  if (problem?.type === "registry.account.disabled") throw new CallFailed({ kind: "disabled" });
  // A gateway's page is not the server's word.
  if (problem?.title === undefined) throw new CallFailed(response.status >= 500 ? { kind: "later", seconds: 30 } : { kind: "portal" });
  throw new CallFailed({ kind: "refused", code: problem.type ?? "", title: problem.title });
}

async function json<T>(response: Response): Promise<T> {
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.includes("json")) throw new CallFailed({ kind: "portal" });
  try {
    return (await response.json()) as T;
  } catch {
    throw new CallFailed({ kind: "offline" });
  }
}
