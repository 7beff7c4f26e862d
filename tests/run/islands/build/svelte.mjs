// Compiles src/svelte/Counter.svelte to public/js/Counter.js, as the guide's page imports it: a class with its runtime in one file.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { compile } from 'svelte/compiler';

const source = readFileSync('src/svelte/Counter.svelte', 'utf8');
const { js } = compile(source, { filename: 'Counter.svelte', generate: 'client', css: 'injected', compatibility: { componentApi: 4 } });
mkdirSync('build/out', { recursive: true });
writeFileSync('build/out/Counter.js', js.code);
await build({ entryPoints: ['build/out/Counter.js'], outfile: 'public/js/Counter.js', bundle: true, format: 'esm', minify: true, conditions: ['browser', 'production'] });

// The hybrid page's dashboard: a module that mounts what it is.
writeFileSync('build/out/dashboard.js', "import { createElement as h } from 'react';\nimport { createRoot } from 'react-dom/client';\nconst Dashboard = () => h('p', { id: 'react' }, 'Dashboard');\ncreateRoot(document.getElementById('dashboard-app')).render(h(Dashboard));\nexport default Dashboard;\n");
await build({ entryPoints: ['build/out/dashboard.js'], outfile: 'public/js/dashboard.js', bundle: true, format: 'esm', minify: true, define: { 'process.env.NODE_ENV': '"production"' } });
