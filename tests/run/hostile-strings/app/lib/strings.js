// Strings that break out of a place where text was meant. Whatever runs calls `__hit()` or one of the dialogs.

// What ends the construct that the value stands in.
const BREAKERS = [
  '"', "'", '`', '>', '">', "'>", '`>', '"/>', '</p>', '-->', '--!>', ']]>', '?>', '*/', '\\"', "\\'", '\\', '\\\\"', '${', '}', '{{', '");', "');", '`);', ';',
  '\n', '\r', '\r\n', '\t', '\f', '\v', '\0', ' ', '\u00a0', '\u0085', '\u2028', '\u2029', '\ufeff', '&quot;', '&#39;', '&#x22;', '&#34', '&apos;', '&gt;', '&amp;quot;',
  '</title>', '</textarea>', '</script>', '</SCRIPT >', '</style>', '</option></select>', '</noscript>', '</svg>', '</template>', '<!--', '<![CDATA[',
];

// What runs once it is out.
const PAYLOADS = [
  '<script>__hit()</script>',
  '<img src=x onerror=__hit()>',
  ' onmouseover=__hit() onfocus=__hit() autofocus tabindex=1 x=',
  '__hit()//',
];

const BY_HAND = [
  // Polyglots (0xsobky, and the shorter ones that are passed around).
  'jaVasCript:/*-/*`/*\\`/*\'/*"/**/(/* */oNcliCk=__hit() )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=__hit()//>\\x3e',
  'javascript:"/*\'/*`/*--></noscript></title></textarea></style></template></noembed></script><html \\" onmouseover=/*&lt;svg/*/onload=__hit()//>',
  '\'">><marquee><img src=x onerror=confirm(1)></marquee>"></plaintext\\></|\\><plaintext/onmouseover=prompt(1)><script>prompt(1)</script>@gmail.com<isindex formaction=javascript:alert(1) type=submit>\'-->"></script><script>alert(1)</script>',
  '" onclick=alert(1)//<button \' onclick=alert(1)//> */ alert(1)//',
  '\';alert(String.fromCharCode(88,83,83))//\';alert(String.fromCharCode(88,83,83))//";alert(1)//--></SCRIPT>">\'><SCRIPT>alert(1)</SCRIPT>',
  '"-__hit()-"', "'-__hit()-'", '`-__hit()-`', '${__hit()}', '`${__hit()}`', '{{constructor.constructor("__hit()")()}}', '#{__hit()}', '<%= __hit() %>',
  '{__hit()}', '{@html "<script>__hit()</script>"}', '{strings.map(s => <b>{s}</b>)}',
  // Markup that runs by being parsed.
  '<svg onload=__hit()>', '<svg><script>__hit()</script>', '<svg><animate onbegin=__hit() attributeName=x dur=1s>', '<math><mi//xlink:href="data:x,<script>__hit()</script>">',
  '<body onload=__hit()>', '<iframe src="javascript:__hit()"></iframe>', '<iframe srcdoc="<script>parent.__hit()</script>"></iframe>', '<object data="javascript:__hit()">',
  '<embed src="javascript:__hit()">', '<details open ontoggle=__hit()>', '<video><source onerror=__hit()></video>', '<audio src=x onerror=__hit()>', '<input autofocus onfocus=__hit()>',
  '<select autofocus onfocus=__hit()>', '<marquee onstart=__hit()>', '<meta http-equiv="refresh" content="0;url=javascript:__hit()">', '<base href="https://evil.example/">',
  '<link rel=stylesheet href="data:text/css,*{color:red}">', '<form><button formaction="javascript:__hit()">', '<isindex type=image src=1 onerror=__hit()>', '<img src=x:x onerror=__hit()//',
  '<<script>__hit()//<</script>', '<scr<script>ipt>__hit()</scr</script>ipt>', '<IMG """><SCRIPT>__hit()</SCRIPT>"\\>', '<img src="x` `<script>__hit()</script>"` `>', '<a\u0000b onclick=__hit()>',
  '<x onclick=__hit()>click', '<template><script>__hit()</script></template>', '<noscript><p title="</noscript><img src=x onerror=__hit()>">', '<style>@import "data:,*{}";</style>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=__hit()&gt;">', '<svg></p><style><a id="</style><img src=1 onerror=__hit()>">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=__hit()>', '<!--><img src=x onerror=__hit()>-->', '<!-- --!><img src=x onerror=__hit()>', '<?xml ?><img src=x onerror=__hit()>',
  // URLs.
  'javascript:__hit()', 'JaVaScRiPt:__hit()', ' javascript:__hit()', '\u0001javascript:__hit()', '\tjavascript:__hit()', 'java\tscript:__hit()', 'java\nscript:__hit()', 'java\rscript:__hit()',
  'j\na\nv\na\ns\nc\nr\ni\np\nt\n:__hit()', 'javascript\t:__hit()', 'javascript&colon;__hit()', 'java&Tab;script:__hit()', 'javascript&#58;__hit()', '&#106;avascript:__hit()', '&#x6A&#x61vascript:__hit()',
  'javascript:/*x*/__hit()', 'javascript://%0a__hit()', 'javascript://example.org/%0d%0a__hit()', 'javascript%3A__hit()', 'vbscript:__hit()', 'livescript:__hit()', 'feed:javascript:__hit()',
  'view-source:javascript:__hit()', 'data:text/html,<script>__hit()</script>', 'data:text/html;base64,PHNjcmlwdD5fX2hpdCgpPC9zY3JpcHQ+', 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="__hit()"/>',
  'data:application/xhtml+xml,<script>__hit()</script>', 'data:,__hit()', 'blob:__hit', 'file:///etc/passwd', '//evil.example/x', '\\\\evil.example\\x', '/\\evil.example', 'https:evil.example', '?q="><script>__hit()</script>',
  '#"><script>__hit()</script>', 'x" srcset="y 1x', 'x y z', 'http://[', 'http://a:b@c', 'mailto:a@b?subject="><script>__hit()</script>', 'a,b 2x', 'a b, javascript:__hit() 2x',
  // Styles.
  'red;background:url(javascript:__hit())', 'expression(__hit())', 'url(/hit)', 'url("/hit")', 'URL( /hit )', 'u\\72l(/hit)', '\\75\\72\\6c(/hit)', 'image-set("/hit" 1x)', '-webkit-image-set(url(/hit) 1x)', 'cross-fade(url(/hit), red)',
  'red}body{display:none', 'red/*', '*/red', 'red;position:fixed;inset:0', '@import "/hit"', 'red\\', 'red"', "red'", 'red;-moz-binding:url(/hit)', 'behavior:url(/hit)', '</style><script>__hit()</script>',
  'rgb(0,0,0);x:y', 'rgb(0,0,0', 'attr(title)', 'element(#x)', 'paint(x)', 'var(--x);--y:z', 'env(x, url(/hit))', 'red!important', 'red\0', 'red\n;color:blue', 'calc(1px + url(/hit))', 'color: red; background: url(/hit)',
  // Scripts.
  '</script', '</script/', '</ScRiPt\n>', '<!--<script>', '<!--<script></script>', '\\u003c/script\\u003e', '\\x3c/script\\x3e', '\\', '\\\\', '\\n', '\\u2028', "\\'+__hit()+\\'", '\\"+__hit()+\\"', '";__hit();"', "';__hit();'",
  '__proto__', 'constructor', 'toString', '*/__hit()/*', '/*', '//', '<!-- x', '--> x', '];__hit();[', '});__hit();({', '}__hit()', 'return __hit()', 'import("/hit")', '\\u{22}',
  // Encodings and characters.
  '+ADw-script+AD4-__hit()+ADw-/script+AD4-', '\ufffe', '\uffff', '\ud800', '\udc00x', '\u{1f600}', '\u202e txet', '\u200b<script>', '\uff1cscript\uff1e__hit()\uff1c/script\uff1e', '\u02bc onclick=__hit()', '\u00bc' + 'script\u00be__hit()',
  '%3Cscript%3E__hit()%3C/script%3E', '%22onclick=__hit()', '%00<script>', '&lt;script&gt;__hit()&lt;/script&gt;', '&#60;script&#62;', '&#x3c;script&#x3e;', '&#0;', '&#xd800;', '&NotEqualTilde;', '&copy', '&ampersand;', '&', '&;', '&#', '&#x',
  '', ' ', '  leading and trailing  ', '\n\nfirst line empty', 'a\r\nb\rc\nd', '\t', '"', "'", '<', '>', '=', '`', '/', '\\', '{', '}', '{}', '{{}}', '${}', '{x}', '\\{x}', 'null', 'undefined', 'false', '0', 'NaN',
  '\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000e\u000f\u0010\u001f', '\u007f\u0080\u009f', '<'.repeat(500), '"'.repeat(500), '&amp;'.repeat(100), '<b>'.repeat(100), 'x'.repeat(5000),
];

export const strings = [...new Set(['harmless', ...BY_HAND, ...BREAKERS.flatMap((breaker) => PAYLOADS.map((payload) => breaker + payload))])];
export const rows = strings.map((s, i) => ({ i, s }));
export const classes = (s) => ({ [s]: true, b: s });
