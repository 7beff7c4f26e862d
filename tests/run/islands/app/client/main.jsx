import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { shout } from './parts/shout.js';
import './parts/main.css';

function Greeting({ name }) {
  const [text, setText] = useState(shout(name));
  const answer = async () => setText((await PureMix.call('answer', { name })).text);
  return <button id="island" onClick={answer}>{text}</button>;
}

createRoot(document.getElementById('island-root')).render(<Greeting name={PureMix.data.loadPage.data.name} />);
