import { defineConfig } from 'vite';
import { compressed } from '../build/compressed.js';

/** What end users see: the custom element for pages of merchants, and the script of the server's own page. Their names stay the same. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: '../../dist/portal',
    emptyOutDir: true,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { 'keywright-keys': 'keywright-keys.ts', page: 'page.ts' },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      preserveEntrySignatures: 'allow-extension',
    },
  },
  logLevel: 'warn',
  plugins: [compressed({ firstView: 40_000, all: 40_000 })],
});
