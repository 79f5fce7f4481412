import { defineConfig } from "vite";

// Relative paths only: the page works in a subfolder of any static host. No source maps: they would hold paths of the machine.
export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { outDir: "dist", emptyOutDir: true, modulePreload: false, target: "es2022", assetsInlineLimit: 0, cssCodeSplit: false },
  worker: { format: "es" },
  test: { include: ["tests/unit/**/*.test.ts"] },
} as never);
