//! What becomes of values on their way to Python and back.

use super::{call, isolate, one, python};
use expect_test::{Expect, expect};
use puremix_value::Value;

/// Parses arguments as JavaScript literals would make them: JSON, with a few that JSON has no form for.
fn args(json: &str) -> Vec<Value> {
    let cx = isolate();
    let list = puremix_js::parse_json(cx, &json.into()).expect("JSON");
    puremix_js::iter_to_vec(cx, &list).expect("an array")
}

fn global(name: &str) -> Value {
    let cx = isolate();
    match name {
        "URL" => puremix_node::member(cx, "url", name).expect("Node's"),
        name => puremix_js::get_value(cx, &cx.intrinsic(puremix_value::Intrinsic::GlobalThis).into(), &cx.key_of(name)).expect("a global"),
    }
}

fn new(class: &str, args: &[Value]) -> Value {
    puremix_js::construct(isolate(), &global(class), args).expect("an instance")
}

const SHOW: &str = "
def show(*args):
    return ' | '.join(type(a).__name__ + ' ' + repr(a) for a in args)
";

#[test]
fn from_javascript() {
    let _python = python(&[("m.py", SHOW)], one());
    let cx = isolate();
    let check = |args: Vec<Value>, expected: Expect| expected.assert_eq(&call("m", "show", &args));
    check(args("[1, -7, 2.5, 1e21, 9007199254740991, 9007199254740992, 1e-7]"), expect!["'int 1 | int -7 | float 2.5 | float 1e+21 | int 9007199254740991 | float 9007199254740992.0 | float 1e-07'"]);
    check([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0].map(Value::Num).to_vec(), expect!["'float nan | float inf | float -inf | float -0.0 | int 0'"]);
    check(args(r#"[null, true, false, "a\u0000\"\\\n\ud83d\ude00é", [], {}]"#), expect![[r#"`NoneType None | bool True | bool False | str 'a\\x00"\\\\\\n😀é' | list [] | dict {}`"#]]);
    check(vec![Value::Undefined, Value::from(puremix_value::BigInt::from(2).pow(70))], expect!["'NoneType None | int 1180591620717411303424'"]);
    check(args(r#"["\ud800x"]"#), expect![[r#""str '\\ud800x'""#]]);
    check(args(r#"[{"b": [1, {"c": null}], "1": "x"}]"#), expect![[r#""dict {'1': 'x', 'b': [1, {'c': None}]}""#]]);
    check(vec![new("Date", &[Value::Num(1_700_000_000_123.0)])], expect!["'datetime datetime.datetime(2023, 11, 14, 22, 13, 20, 123000, tzinfo=datetime.timezone.utc)'"]);
    check(vec![puremix_node::new_buffer(cx, vec![0, 1, 255]).expect("a buffer"), new("Float64Array", &args("[[1, 2.5]]"))], expect![[r#""bytes b'\\x00\\x01\\xff' | list [1, 2.5]""#]]);
    check(vec![new("Map", &args(r#"[[["a", 1], [2, [3]]]]"#)), new("Set", &args("[[3]]"))], expect![[r#""dict {'a': 1, 2: [3]} | set {3}""#]]);
    check(vec![new("Set", &args("[[{}]]")), new("Error", &args(r#"["no"]"#)), new("URL", &args(r#"["http://a/b"]"#))], expect![[r#""list [{}] | dict {'name': 'Error', 'message': 'no'} | str 'http://a/b'""#]]);
}

#[test]
fn what_python_cannot_have_is_refused() {
    let _python = python(&[("m.py", SHOW)], one());
    let cx = isolate();
    let check = |value: Value, expected: Expect| expected.assert_eq(&call("m", "show", &[Value::Null, value]));
    let inside = |value: Value| {
        let o = puremix_value::Obj::plain(cx);
        o.put(cx, &cx.key_of("on"), puremix_value::Obj::array(cx, vec![Value::Null, value]).into());
        Value::Obj(o)
    };
    let function = global("parseInt");
    check(inside(function), expect!["TypeError: argument 2.on[1] is a function, which cannot be given to Python"]);
    check(new("RegExp", &args(r#"["a"]"#)), expect!["TypeError: argument 2 is a RegExp, which cannot be given to Python"]);
    check(inside(cx.registered_symbol(&"s".into()).into()), expect!["TypeError: argument 2.on[1] is a symbol, which cannot be given to Python"]);
    check(puremix_js::promise::fulfilled(cx, Value::Null).into(), expect!["TypeError: argument 2 is a promise (write `await` before it), which cannot be given to Python"]);
    check(new("Date", &[Value::Num(f64::NAN)]), expect!["TypeError: argument 2 is an invalid Date, which cannot be given to Python"]);
    let circle = puremix_value::Obj::plain(cx);
    circle.put(cx, &cx.key_of("me"), circle.clone().into());
    check(circle.clone().into(), expect!["TypeError: argument 2.me is an object that contains itself, which cannot be given to Python"]);
    check(new("Map", &args(r#"[[[[1], 1]]]"#)), expect!["PythonError: TypeError: a Map with keys that are objects has no dict: keys must be hashable"]);
}

#[test]
fn from_python() {
    let _python = python(&[("m.py", "def value(text):\n    space = {}\n    exec('''\nimport collections, dataclasses, datetime, decimal, enum, fractions, pathlib, types, uuid\nclass Colour(enum.Enum):\n    RED = 1\nclass Name(str, enum.Enum):\n    A = 'a'\n@dataclasses.dataclass\nclass Point:\n    x: int\n    y: list\nPair = collections.namedtuple('Pair', 'a b')\nclass Own:\n    def to_dict(self):\n        return {'own': (1, 2)}\nclass Json:\n    def __json__(self):\n        return 'json'\n''', space)\n    return eval(text, space)\n")], one());
    let check = |text: &str, expected: Expect| expected.assert_eq(&call("m", "value", &[Value::str(text)]));
    check("[1, -7, 2.5, 2**53-1, -2**53, 10**30, 1e300, True, None]", expect!["[\n  1,\n  -7,\n  2.5,\n  9007199254740991,\n  -9007199254740992n,\n  1000000000000000000000000000000n,\n  1e+300,\n  true,\n  null\n]"]);
    check("[float('nan'), float('inf'), -float('inf'), -0.0]", expect!["[ NaN, Infinity, -Infinity, -0 ]"]);
    check("'a\\x00\"\\\\\\n\\t😀é\\ud800'", expect![[r#"'a\x00"\\\n\t😀é\ud800'"#]]);
    check("{'a': {1: 2, None: 3, True: 4, 1.5: 5}, '': []}", expect!["{ a: { '1': 4, null: 3, '1.5': 5 }, '': [] }"]);
    check("{(1, 2): 1, datetime.date(2024, 1, 2): 2, Colour.RED: 3, b'k': 4, uuid.UUID(int=1): 5}", expect!["{\n  '1': 3,\n  '(1, 2)': 1,\n  '2024-01-02': 2,\n  k: 4,\n  '00000000-0000-0000-0000-000000000001': 5\n}"]);
    check("[{1, 1}, frozenset(), (1, (2,)), range(3), collections.deque([1]), {'a': 1}.keys(), (x for x in 'ab'), map(str, [1])]", expect!["[\n  [ 1 ],\n  [],\n  [ 1, [ 2 ] ],\n  [ 0, 1, 2 ],\n  [ 1 ],\n  [ 'a' ],\n  [ 'a', 'b' ],\n  [ '1' ]\n]"]);
    check("[decimal.Decimal('1.10'), decimal.Decimal('NaN'), fractions.Fraction(1, 4), uuid.UUID(int=7), Colour.RED, Name.A, pathlib.Path('/a/b')]", expect!["[\n  1.1,\n  NaN,\n  0.25,\n  '00000000-0000-0000-0000-000000000007',\n  1,\n  'a',\n  '/a/b'\n]"]);
    check("[datetime.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc), datetime.date(2024, 1, 2), datetime.time(3, 4), datetime.timedelta(minutes=1.5)]", expect!["[ 2024-01-02T03:04:05.678Z, '2024-01-02', '03:04:00', 90 ]"]);
    check("[b'\\x00\\xff', bytearray(b'a'), memoryview(b'')]", expect!["[ <Buffer 00 ff>, <Buffer 61>, <Buffer > ]"]);
    check("[Point(1, [Point(2, [])]), Pair(1, 2), Own(), Json(), collections.OrderedDict(b=1, a=2), collections.Counter('aab'), types.MappingProxyType({'x': 1})]", expect![[r#"
        [
          { x: 1, y: [ [Object] ] },
          [ 1, 2 ],
          { own: [ 1, 2 ] },
          'json',
          { b: 1, a: 2 },
          { a: 2, b: 1 },
          { x: 1 }
        ]"#]]);
    check("{'a': [1, {'b': object()}]}", expect!["PythonError: TypeError: the result has a value of type object at `result['a'][1]['b']`, which JavaScript cannot have: return dicts, lists, texts and numbers, or give the class a method `to_dict`"]);
    check("lambda: 1", expect!["PythonError: TypeError: the result is a value of type function, which JavaScript cannot have: return dicts, lists, texts and numbers, or give the class a method `to_dict`"]);
    check("1j", expect!["PythonError: TypeError: the result is a value of type complex, which JavaScript cannot have: return dicts, lists, texts and numbers, or give the class a method `to_dict`"]);
    check("Colour", expect!["PythonError: TypeError: the result is a value of type enum.EnumType, which JavaScript cannot have: return dicts, lists, texts and numbers, or give the class a method `to_dict`"]);
    check("(lambda a: a.append({'in': a}) or a)([])", expect!["PythonError: ValueError: the result contains itself at `result[0]['in']`, so it has no end"]);
}

#[test]
fn what_goes_there_comes_back() {
    let _python = python(&[("m.py", "def same(a):\n    return a\n")], one());
    let cx = isolate();
    for json in [r#"{"a":[1,2.5,-3,1e+21,"ü\n\u0001",null,true,{"b":{}}],"c d":""}"#, "[[[[]]]]", "0.1", "123456789012345680000"] {
        let [value] = args(&format!("[{json}]")).try_into().expect("one");
        assert_eq!(call("m", "same", std::slice::from_ref(&value)), puremix_js::inspect(cx, &value));
    }
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let buffer = puremix_node::new_buffer(cx, bytes).expect("a buffer");
    assert_eq!(call("m", "same", std::slice::from_ref(&buffer)), puremix_js::inspect(cx, &buffer));
    let date = new("Date", &[Value::Num(-62_135_596_800_000.0)]);
    assert_eq!(call("m", "same", std::slice::from_ref(&date)), puremix_js::inspect(cx, &date));
    assert_eq!(call("m", "same", &[new("Date", &[Value::Num(8.64e15)])]), "PythonError: ValueError: a Date outside of the years 1 to 9999 has no datetime");
    let text = "añ😀".repeat(2_000_000);
    let out = super::block_on(super::answer(cx, "m", "same", &[Value::str(&text)])).expect("a text");
    assert!(out.as_str().is_some_and(|s| s.as_str() == text));
}
