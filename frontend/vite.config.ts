import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Every browser that runs the page reads woff2: of a font's other formats nothing is built. */
const woff2Only = {
  name: "woff2-only",
  enforce: "pre" as const,
  transform(code: string, id: string): string | null {
    if (!id.endsWith("/katex.css")) return null;
    return code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, "");
  },
};

/** The page is served under /g/<graph>, its files under /app/. Nothing is inlined: the page's CSP forbids it. */
export default defineConfig({
  base: "/app/",
  plugins: [react(), woff2Only],
  build: {
    outDir: "../static/app",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 900,
  },
  worker: { format: "es" },
  server: {
    proxy: {
      "/api": "http://127.0.0.1:8100",
      "/g": "http://127.0.0.1:8100",
      "/socket.io": { target: "http://127.0.0.1:8100", ws: true },
    },
  },
});
