// How the page is built: into `dist`, which the server embeds.
import { defineConfig } from "vite";

export default defineConfig({
  // Relative, so that the page works behind a proxy that serves it under a path of its own.
  base: "./",
  build: {
    // Everything but the page itself has its hash in its name, and nothing is a `data:` URL of ours.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // GraphiQL and its editor are large, and come from next door.
    chunkSizeWarningLimit: 4096,
    rollupOptions: {
      // Libraries say "use client" for servers that render React, which there are none of here.
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
    },
  },
  worker: { format: "es" },
});
