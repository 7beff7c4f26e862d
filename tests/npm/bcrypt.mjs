// `bcryptjs` under Node; the same module, and `bcrypt`'s hashes, natively.
import bcrypt from 'bcryptjs';

let cases = 0;
const show = (label, run) => {
  cases += 1;
  try { console.log(label, JSON.stringify(run())); } catch (e) { console.log(label, `${e.name}: ${e.message}`); }
};
const salts = ['$2a$04$CCCCCCCCCCCCCCCCCCCCC.', '$2b$04$XXXXXXXXXXXXXXXXXXXXXO', '$2y$04$/OK.fbVrR/bpIqNJ5ianF.', '$2b$05$abcdefghijklmnopqrstuu'];
const passwords = ['', 'a', 'U*U', 'secret', 'pässwörd', '密码', '😀', 'a\0b', '\0', ' ', 'x'.repeat(71), 'x'.repeat(72), 'x'.repeat(73), 'x'.repeat(100), 'é'.repeat(36), 'é'.repeat(37), 'x'.repeat(70) + '密'];
let seed = 1;
const random = () => (seed = (seed * 48271) % 2147483647);
for (let i = 0; i < 40; i++) passwords.push(Array.from({ length: random() % 90 }, () => String.fromCodePoint(1 + (random() % 0x2fff))).join(''));
for (const salt of salts) for (const password of passwords) show(`hash ${salt} ${JSON.stringify(password)}`, () => bcrypt.hashSync(password, salt));
for (const bad of ['', 'x', '$', '$1$', '$2c$04$CCCCCCCCCCCCCCCCCCCCC.', '$2b$4$CC', '$2b$99$CCCCCCCCCCCCCCCCCCCCC.', '$2b$03$CCCCCCCCCCCCCCCCCCCCC.']) {
  show(`compare with ${bad}`, () => bcrypt.compareSync('a', bad));
  show(`rounds of ${bad}`, () => bcrypt.getRounds(bad));
  show(`salt of ${bad}`, () => bcrypt.getSalt(bad));
}
const hash = bcrypt.hashSync('secret', salts[1]);
show('compare', () => [bcrypt.compareSync('secret', hash), bcrypt.compareSync('Secret', hash), bcrypt.compareSync('secret', hash.slice(0, -1) + (hash.at(-1) === 'a' ? 'b' : 'a'))]);
show('parts', () => [bcrypt.getRounds(hash), bcrypt.getSalt(hash), bcrypt.genSaltSync(1).slice(0, 7), bcrypt.genSaltSync(4).length, bcrypt.truncates('x'.repeat(72)), bcrypt.truncates('x'.repeat(73))]);
for (const args of [[], ['a'], [1, 4], ['a', {}], [null, null], ['a', true]]) {
  show(`hashSync ${JSON.stringify(args)}`, () => bcrypt.hashSync(...args).length);
  show(`compareSync ${JSON.stringify(args)}`, () => bcrypt.compareSync(...args));
}
show('genSaltSync', () => bcrypt.genSaltSync('x'));
show('getRounds', () => bcrypt.getRounds(5));
const later = async (label, promise) => {
  cases += 1;
  try { console.log(label, JSON.stringify(await promise)); } catch (e) { console.log(label, `${e.name}: ${e.message}`); }
};
await later('hash', bcrypt.hash('secret', salts[0]));
await later('hash with rounds', bcrypt.hash('secret', 4).then((h) => bcrypt.compare('secret', h)));
await later('genSalt', bcrypt.genSalt(4).then((s) => s.length));
await later('compare', bcrypt.compare('secret', hash));
await later('compare wrong', bcrypt.compare('wrong', hash));
await later('hash without', bcrypt.hash());
await later('compare without', bcrypt.compare('a'));
show('genSalt bad', () => bcrypt.genSalt('x'));
await new Promise((done) => bcrypt.hash('secret', salts[0], (e, h) => { console.log('callback', e, h); done(); }));
await new Promise((done) => bcrypt.compare('secret', hash, (e, same) => { console.log('callback', e, same); done(); }));
await new Promise((done) => bcrypt.genSalt(4, (e, salt) => { console.log('callback', e, salt.length); done(); }));
await new Promise((done) => bcrypt.hash(1, 4, (e) => { console.log('callback', e.message); done(); }));
console.log(`${cases} cases`);
