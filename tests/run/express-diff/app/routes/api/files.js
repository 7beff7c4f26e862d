const root = process.env.EXPRESS_DIFF_FILES;

const cases = {
  send: (req, res) => res.sendFile(`${root}/report.csv`),
  root: (req, res) => res.sendFile(req.query.name, { root }),
  options: (req, res) => res.sendFile('page.html', { root, maxAge: '1d', immutable: true, headers: { 'X-File': 'yes' } }),
  age: (req, res) => res.sendFile('page.html', { root, maxAge: 5000 }),
  noCache: (req, res) => res.sendFile('page.html', { root, cacheControl: false }),
  noModified: (req, res) => res.sendFile('page.html', { root, lastModified: false, etag: false }),
  noRanges: (req, res) => res.sendFile('report.csv', { root, acceptRanges: false }),
  dotfiles: (req, res) => res.sendFile('.hidden', { root, dotfiles: 'allow' }),
  deny: (req, res) => res.sendFile('.hidden', { root, dotfiles: 'deny' }),
  callback: (req, res) => res.sendFile('none.txt', { root }, (error) => res.status(error.status).json({ code: error.code, sent: res.headersSent })),
  relative: (req, res) => res.sendFile('report.csv'),
  notText: (req, res) => res.sendFile(5),
  download: (req, res) => res.download(`${root}/report.csv`),
  downloadAs: (req, res) => res.download(`${root}/report.csv`, 'Umsätze "1".csv'),
  status: (req, res) => res.status(201).sendFile('report.csv', { root }),
  type: (req, res) => res.type('text/plain').sendFile('page.html', { root }),
};

export default (req, res) => cases[req.query.c](req, res);
