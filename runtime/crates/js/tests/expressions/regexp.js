/a(b)?(?<n>c)/.exec('xacd')
/(?<y>\d{4})-(?<m>\d\d)/d.exec('on 2024-05-06').indices
'2024-05-06'.replace(/(?<y>\d+)-(\d+)-(\d+)/, '$3/$2/$<y>')
'abc'.replace(/b/, "[$&$`$']$$")
'aaa'.replace(/a/g, (m, i) => m + i)
'aXbXc'.split(/X/)
'abc'.split(/(?:)/)
'a1b2c3'.split(/(\d)/)
'abc'.split(/b/, 1)
''.split(/x/)
''.split(/(?:)/)
'😀x'.split(/(?:)/u)
'A<B>bold</B>and<CODE>coded</CODE>'.split(/<(\/)?([^<>]+)>/)
'foo bar foo'.match(/foo/g)
'foo'.match(/x/g)
'foo'.match(/o/)
[...'a1b22'.matchAll(/[a-z](\d+)/g)].map(m => [m[0], m[1], m.index])
'x'.matchAll(/x/)
'x'.replaceAll(/x/, 'y')
'a.b.c'.replaceAll('.', '-')
'hello'.search(/l+/)
(r => [r.exec('aab').index, r.lastIndex, r.exec('aab').index, r.lastIndex, r.exec('aab'), r.lastIndex])(/a/g)
(r => [r.test('ba'), r.lastIndex, (r.lastIndex = 1), r.test('ba'), r.lastIndex])(/a/y)
/x/gimsuyd.flags
/[/]\/a/.source
new RegExp('/').source
new RegExp('').toString()
new RegExp('\n').source
RegExp('a', 'gg')
RegExp(/a/g, 'i').flags
new RegExp(/a/g)
RegExp.prototype.toString.call({source: 'a', flags: 'b'})
RegExp.prototype.flags
/\u{1F600}/u.test('😀')
/^.$/u.test('😀')
/^.$/.test('😀')
/😀/.test('😀')
/[😀]/u.exec('x😀').index
'ünïcödé'.replace(/[^\x00-\x7f]/g, '?')
'ABC'.replace(/b/i, '_')
/(?<=\$)\d+/.exec('cost $42')[0]
/(?<!a)b/.exec('abcb').index
/(a+)+b/.test('aaaaaab')
/\bfoo\b/.test('a foo b')
/(\w+)\s\1/.exec('hello hello')[0]
/^b/m.exec('a\nb').index
/a.b/s.test('a\nb')
/\p{Lu}/u.exec('aÄ')[0]
'camelCaseString'.replace(/([A-Z])/g, ' $1').toLowerCase()
'  trim '.replace(/^\s+|\s+$/g, '')
'a-b_c'.split(/[-_]/)
'x'.replace(/(y)?x/, '[$1]')
'abc'.replace(/(?<first>a)/, (m, a, i, s, g) => JSON.stringify(g))
/a/[Symbol.replace]('cab', 'x')
'aBc'.replace(/[a-z]/g, c => c.toUpperCase())
/a/.exec.call({}, 'a')
'test'.match(undefined)
'abcabc'.lastIndexOf('c')
'1,234,567'.replace(/,/g, '')
'1234567.89'.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
'a\r\nb\nc'.split(/\r?\n/)
'<b>&"'.replace(/[&<>"]/g, c => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[c])
