import msgpack from 'msgpack-lite';
const data = { success: true, data: [{ id: 1, name: 'é', price: 1.5, tags: ['a', null], big: 2 ** 40, neg: -5 }] };
const packed = msgpack.encode(data);
console.log(packed.toString('hex'), JSON.stringify(msgpack.decode(packed)));
console.log('1 cases');
