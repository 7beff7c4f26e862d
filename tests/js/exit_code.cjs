process.on('exit', (c) => { console.log('exit handler', c, process.exitCode); }); setTimeout(() => console.log('never'), 1000); setTimeout(() => { console.log('leaving'); process.exit(3); }, 5);
