import { defineConfig } from 'vite';
import { compressed } from './build/compressed.js';

/** The console, as files for the server to send: with hashed names, and compressed beforehand. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // Data URLs of scripts and styles would need more than the policy allows.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    license: { fileName: 'licenses.md' },
  },
  logLevel: 'warn',
  plugins: [compressed({ firstView: 60_000, all: 180_000 })],
});
