export function GET(req, res) {
  res.append('Warning', '199 a').append('Warning', '199 b');
  res.append('X-List', ['1', '2']);
  res.set({ 'X-Array': ['3', '4'], 'X-Number': 5 });
  res.links({ next: 'http://x.test/?page=2' }).links({ last: 'http://x.test/?page=5' });
  res.vary('Accept').vary('Origin, accept');
  res.type('txt');
  res.send(JSON.stringify([res.get('Warning'), res.get('X-Number'), res.get('none') === undefined]));
}
