import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The page is served under /g/<graph>, its files under /app/. Nothing is inlined: the page's CSP forbids it. */
export default defineConfig({
  base: "/app/",
  plugins: [react()],
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
