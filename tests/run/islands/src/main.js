// What Vite bundles for the page `/vite`.
import { createElement as h, useState } from 'react';
import { createRoot } from 'react-dom/client';

function Counter() {
  const [n, setN] = useState(PureMix.data.loadPage.data.start);
  const double = async () => setN((await PureMix.call('twice', { n })).twice);
  return h('button', { id: 'vite', onClick: double }, `n is ${n}`);
}

createRoot(document.getElementById('root')).render(h(Counter));
