// node:fs: sync, callbacks, promises, and errors.
const fs = require('node:fs'), path = require('node:path'), os = require('node:os');
const log = console.log;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'puremix-fs-'));
const at = (n) => path.join(dir, n);
const show = (e) => log(e.name, e.code, e.errno, e.syscall, e.message.replaceAll(dir, 'DIR'), e.path?.replaceAll(dir, 'DIR'), e.dest?.replaceAll(dir, 'DIR'), Object.keys(e).join());
const attempt = (f) => { try { log(f()); } catch (e) { show(e); } };

fs.writeFileSync(at('a.txt'), 'héllo'); fs.appendFileSync(at('a.txt'), ' world');
log(fs.readFileSync(at('a.txt'), 'utf8'), fs.readFileSync(at('a.txt')).length, fs.readFileSync(at('a.txt'), { encoding: 'latin1' }).length);
fs.writeFileSync(at('b.bin'), Buffer.from([1, 2, 255])); fs.writeFileSync(at('b.bin'), new Uint8Array([4]), { flag: 'a' });
log(fs.readFileSync(at('b.bin')), fs.readFileSync(at('b.bin'), 'hex'), fs.existsSync(at('a.txt')), fs.existsSync(at('none')), fs.existsSync());
attempt(() => fs.mkdirSync(at('x/y/z'), { recursive: true }).replace(dir, 'DIR'));
attempt(() => fs.mkdirSync(at('x/y/z'), { recursive: true }));
attempt(() => fs.mkdirSync(at('x')));
attempt(() => fs.mkdirSync(at('q/r')));
attempt(() => fs.readFileSync(at('none')));
attempt(() => fs.readFileSync(dir));
attempt(() => fs.readdirSync(at('none')));
attempt(() => fs.readdirSync(at('a.txt')));
attempt(() => fs.statSync(at('none')));
attempt(() => fs.statSync(at('none'), { throwIfNoEntry: false }));
attempt(() => fs.lstatSync(at('none')));
attempt(() => fs.unlinkSync(at('none')));
attempt(() => fs.rmSync(at('none')));
attempt(() => fs.rmSync(at('none'), { force: true }));
attempt(() => fs.rmdirSync(at('x')));
attempt(() => fs.rmdirSync(at('none')));
attempt(() => fs.renameSync(at('none'), at('c')));
attempt(() => fs.copyFileSync(at('none'), at('c')));
attempt(() => fs.accessSync(at('none')));
attempt(() => fs.accessSync(at('a.txt'), fs.constants.R_OK | fs.constants.W_OK));
attempt(() => fs.writeFileSync(at('none/x'), ''));
attempt(() => fs.writeFileSync(at('a.txt'), 'x', { flag: 'wx' }));
attempt(() => fs.readFileSync(5.5));
attempt(() => fs.readFileSync({}));
attempt(() => fs.readFileSync('a\0b'));
attempt(() => fs.writeFileSync(at('a.txt'), {}));
attempt(() => fs.readFileSync(at('a.txt'), 'nope'));
attempt(() => fs.realpathSync(at('none')));
attempt(() => fs.readlinkSync(at('a.txt')));
attempt(() => fs.symlinkSync(at('a.txt'), at('link')));
attempt(() => [fs.lstatSync(at('link')).isSymbolicLink(), fs.statSync(at('link')).isSymbolicLink(), fs.readlinkSync(at('link')).replace(dir, 'DIR'), fs.realpathSync(at('link')) === fs.realpathSync(at('a.txt'))]);
fs.copyFileSync(at('a.txt'), at('copy.txt'));
attempt(() => fs.copyFileSync(at('a.txt'), at('copy.txt'), fs.constants.COPYFILE_EXCL));
fs.renameSync(at('copy.txt'), at('moved.txt')); fs.truncateSync(at('moved.txt'), 3); fs.chmodSync(at('moved.txt'), 0o600);
const s = fs.statSync(at('moved.txt'));
log(s.size, s.isFile(), s.isDirectory(), (s.mode & 0o777).toString(8), s.mtime instanceof Date, s.mtimeMs > 1e12, s.constructor.name, Object.keys(s).join(), s.nlink);
fs.utimesSync(at('moved.txt'), 1000, new Date(2000000)); log(fs.statSync(at('moved.txt')).mtimeMs, fs.statSync(at('moved.txt')).atimeMs);
log(fs.readdirSync(dir).sort(), fs.readdirSync(dir, { withFileTypes: true }).map((e) => [e.name, e.isFile(), e.isDirectory(), e.isSymbolicLink(), e.constructor.name]).sort());
log(fs.readdirSync(dir, { recursive: true }).sort());
attempt(() => fs.rmSync(at('x')));

fs.readFile(at('a.txt'), 'utf8', (e, text) => {
  log('callback', e, text, this === undefined);
  fs.readFile(at('none'), (e) => {
    show(e);
    fs.stat(dir, (e, s) => {
      log(e, s.isDirectory());
      fs.mkdir(at('m'), (e) => {
        log(e);
        fs.writeFile(at('m/f'), '1', (e) => { log(e); fs.exists(at('m/f'), (yes) => { log(yes); rest(); }); });
      });
    });
  });
});
attempt(() => fs.readFile(at('a.txt')));
attempt(() => fs.readFile(at('a.txt'), 'utf8', 'nope'));

async function rest() {
  const p = fs.promises;
  log(p === require('fs/promises'), await p.readFile(at('a.txt'), 'utf8'), await p.writeFile(at('p'), 'x'), await p.access(at('p')), await p.mkdir(at('n/o'), { recursive: true }).then((d) => d.replace(dir, 'DIR')));
  for (const f of [() => p.readFile(at('none')), () => p.access(at('none')), () => p.mkdir(dir), () => p.stat(at('none')), () => p.rm(at('none')), () => p.unlink(at('none')), () => p.readFile(dir), () => p.readdir(at('none')), () => p.rename(at('none'), at('z')), () => p.readFile(7.5), () => p.copyFile(at('none'), at('z')), () => p.rm(at('n')), () => p.rmdir(at('n'))]) await f().then(log, show);
  log(await p.readdir(dir), (await p.stat(at('p'))).size, await p.appendFile(at('p'), 'y'), await p.rename(at('p'), at('p2')), await p.copyFile(at('p2'), at('p3')), await p.unlink(at('p3')));
  await p.cp(at('n'), at('n2'), { recursive: true });
  const removed = p.rm(at('n2'), { recursive: true });
  log(require('node:util').types.isPromise(removed), await removed);
  fs.rmSync(dir, { recursive: true, force: true });
  log(fs.existsSync(dir));
}
