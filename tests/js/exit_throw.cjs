console.log('before'); process.on('exit', (c) => console.log('exit', c)); setTimeout(() => { console.log('timer'); null.boom; }, 1); setTimeout(() => console.log('never'), 30);
