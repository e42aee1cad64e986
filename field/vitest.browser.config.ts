import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/browser/**/*.test.ts"], environment: "node", fileParallelism: false, testTimeout: 300_000, expect: { poll: { timeout: 30_000 } }, hookTimeout: 600_000 },
});
