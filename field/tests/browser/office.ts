import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
import { Tablet, type Account } from "./harness";

const root = join(import.meta.dirname, "../../..");
const program = process.env["ESCALA_PROGRAM"] ?? join(root, "artifacts/bin/Escala.Cli/release/escala.dll");

export const nurse: Account = { login: "ana", pin: "482915" };
export const clerk: Account = { login: "bento", pin: "771034" };
export const supervisor: Account = { login: "carla", pin: "260948" };
export const facilitator: Account = { login: "elena", pin: "518263" };
export const nurseElsewhere: Account = { login: "fatima", pin: "640172" };
export const administrator: Account = { login: "dina", pin: "903417" };

/** A store of its own and the real server on it, which can be killed and started again. */
export class Office {
  readonly folder = mkdtempSync(join(tmpdir(), "escala-office-"));
  readonly store = join(this.folder, "store");
  port = 0;
  private process: ChildProcess | null = null;

  constructor(programme: "saia-htn" | "meta-salud" = "saia-htn") {
    if (!existsSync(program)) throw new Error("build src/Escala.Cli first: " + program);
    this.run(["init", "--programme", programme]);
    const people = programme === "meta-salud" ? ([[facilitator, "facilitator", "G1"]] as const)
      : ([[nurse, "nurse", "F101"], [nurseElsewhere, "nurse", "F102"], [clerk, "clerk", "F101"], [supervisor, "supervisor", "D1"], [administrator, "administrator", ""]] as const);
    for (const [account, role, place] of people) {
      this.run(["account", "add", account.login, "--role", role, ...(place === "" ? [] : ["--place", place]), "--pin-from-stdin"], account.pin);
    }
  }

  /** People whom the paper register knows already: rows of last month, before the server starts. */
  know(numbers: string[], day: string, facility = "F101"): void {
    const file = join(this.folder, "register.csv");
    writeFileSync(file, ["patient_id,facility_code,visit_date,sex,birth_date,sbp_1,dbp_1", ...numbers.map((n) => `${n},${facility},${day},F,1970-05-12,150,95`)].join("\n") + "\n");
    this.run(["import", file]);
  }

  /** Runs a command of the program on the store and gives what it printed. */
  run(args: string[], input = ""): string {
    const ran = spawnSync("dotnet", [program, ...args, "--store", this.store], { cwd: root, input, encoding: "utf8", timeout: 180_000 });
    if (ran.status !== 0) throw new Error(`escala ${args.join(" ")}: ${ran.stdout}${ran.stderr}`);
    return ran.stdout;
  }

  async start(): Promise<void> {
    const child = spawn("dotnet", [program, "serve", "--port", String(this.port), "--store", this.store], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    this.process = child;
    const address = await new Promise<string>((resolve, reject) => {
      let said = "";
      const hear = (data: Buffer) => {
        said += data.toString();
        const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
        if (found !== null) resolve(found[1]!);
      };
      child.stdout!.on("data", hear);
      child.stderr!.on("data", hear);
      child.on("exit", () => reject(new Error("the server ended: " + said)));
    });
    this.port = Number(address);
  }

  get isRunning(): boolean {
    return this.process !== null && this.process.exitCode === null;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (child === null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    const running = child.exitCode === null && child.signalCode === null;
    child.kill("SIGKILL");
    if (running) await gone;
    this.process = null;
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Puts the store back to what a backup holds, as after a broken disk. */
  restore(backup: string): void {
    rmSync(this.store, { recursive: true, force: true });
    this.run(["restore", backup]);
  }

  /** A step's counts on the facility's sheet, asked of the office at once. */
  step(id: string, month: string, facility = "F101"): { numerator: number; denominator: number } {
    const sheet = JSON.parse(this.run(["cascade", "--facility", facility, "--month", month, "--json"])) as { steps: { id: string; numerator: number; denominator: number }[] };
    const step = sheet.steps.find((s) => s.id === id)!;
    return { numerator: step.numerator, denominator: step.denominator };
  }
}

interface Met {
  office: Office;
  road: Road;
  /** A tablet that nobody has started; it ends with the test. */
  bring(width?: number, height?: number): Tablet;
  /** One on which somebody has signed in and whatever concerns her has come. */
  begin(account: Account, name?: string, width?: number, height?: number): Promise<Tablet>;
}

/** An office with people of its programme and the road to it, from before a file's first test to after its last. */
export function meet(prepare: (office: Office) => void = () => undefined, programme: "saia-htn" | "meta-salud" = "saia-htn"): Met {
  const office = new Office(programme);
  const road = new Road(office);
  beforeAll(async () => {
    prepare(office);
    await office.start();
    await road.start();
  }, 600_000);
  afterAll(async () => {
    road.end();
    await office.end();
  });
  // One that fails must not take the others with it.
  beforeEach(async () => {
    road.mode = "open";
    road.worker = null;
    if (!office.isRunning) await office.start();
  });
  const bring = (width?: number, height?: number) => {
    const tablet = new Tablet(road.url, width, height);
    onTestFinished(() => tablet.end());
    return tablet;
  };
  return {
    office, road, bring,
    begin: async (account, name, width, height) => {
      const tablet = bring(width, height);
      await tablet.start();
      await tablet.signIn(account, name);
      await tablet.exchanged();
      return tablet;
    },
  };
}

/** Between tablet and office, as networks are: can swallow answers, answer itself, or be another version of the app. */
export class Road {
  mode: "open" | "cut" | "portal" | "lose-answer" = "open";
  /** Replaces the service worker's text. */
  worker: ((text: string) => string) | null = null;
  readonly seen: { path: string; up: number; down: number }[] = [];
  lost = 0;
  private server: Server | null = null;
  port = 0;

  constructor(private readonly office: Office) {}

  async start(): Promise<void> {
    this.server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => this.forward(incoming.method!, incoming.url!, { ...incoming.headers }, Buffer.concat(chunks), outgoing));
    });
    await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    this.port = (this.server.address() as { port: number }).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Breaks what is under way, and lets nothing through for a while. */
  cutFor(milliseconds: number): void {
    this.mode = "cut";
    this.server?.closeAllConnections();
    setTimeout(() => (this.mode = "open"), milliseconds);
  }

  end(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private forward(method: string, url: string, headers: Record<string, string | string[] | undefined>, body: Buffer, outgoing: ServerResponse): void {
    if (this.mode === "cut") return void outgoing.destroy();
    if (this.mode === "portal") return void outgoing.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>Wi-Fi</title><form>Welcome! Please sign in.</form>");
    headers["host"] = `127.0.0.1:${this.office.port}`;
    if (headers["origin"] !== undefined) headers["origin"] = this.office.url;
    delete headers["referer"];
    if (this.worker !== null && url === "/field/sw.js") delete headers["if-none-match"], (headers["accept-encoding"] = "identity");
    const asked = request({ host: "127.0.0.1", port: this.office.port, method, path: url, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        let bytes = Buffer.concat(chunks);
        this.seen.push({ path: url, up: body.length, down: bytes.length });
        if (this.mode === "lose-answer" && url.includes("/push")) {
          this.lost++;
          return void outgoing.destroy();
        }
        const told = { ...answer.headers };
        if (this.worker !== null && url === "/field/sw.js") {
          bytes = Buffer.from(this.worker(bytes.toString()));
          delete told["etag"];
          told["content-length"] = String(bytes.length);
        }
        outgoing.writeHead(answer.statusCode!, told).end(bytes);
      });
    });
    asked.on("error", () => outgoing.destroy());
    asked.end(body);
  }
}

