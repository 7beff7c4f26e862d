console.log('lib evaluated'); exports.named = () => 'named'; exports.counter = { n: 0 }; exports.bump = () => exports.counter.n++;
