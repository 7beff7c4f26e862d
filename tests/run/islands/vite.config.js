import { defineConfig } from 'vite';

// The guide's configuration, and two lines without which Vite names the file otherwise and copies `public` into itself.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'public/dist',
    rollupOptions: {
      input: './src/main.js',
      output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
});
