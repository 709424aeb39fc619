import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Built into the Python package, which serves it: src/earwitness/server/pages.py.
export default defineConfig({
  plugins: [react()],
  base: "/static/app/",
  build: {
    outDir: "../src/earwitness/server/static/app",
    emptyOutDir: true,
    assetsInlineLimit: 0, // a data: address would break the policy the pages are served with
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/api": "http://127.0.0.1:5001", "/static/icon.svg": "http://127.0.0.1:5001" } },
});
