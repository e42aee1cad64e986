import { defineConfig } from "vite";

export default defineConfig({
  base: "/field/",
  publicDir: "public",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { target: "chrome109", modulePreload: { polyfill: false }, assetsInlineLimit: 0, outDir: "dist", emptyOutDir: true, reportCompressedSize: false },
});
