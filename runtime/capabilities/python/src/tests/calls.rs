//! Calls, modules, state.

use super::{call, one, python};
use puremix_value::Value;

#[test]
fn functions_are_called_with_their_arguments() {
    let _python = python(&[("app/services/sums.py", "def add(a, b=1):\n    return a + b\n\nasync def later(a):\n    import asyncio\n    await asyncio.sleep(0.01)\n    return [a]\n")], one());
    assert_eq!(call("app.services.sums", "add", &[Value::Num(1.0), Value::Num(2.5)]), "3.5");
    assert_eq!(call("app.services.sums", "add", &[Value::str("a"), Value::str("ü\n")]), "'aü\\n'");
    assert_eq!(call("app.services.sums", "later", &[Value::Null]), "[ null ]");
    assert_eq!(call("app.services.sums", "nothing", &[]), "PythonError: AttributeError: module 'app.services.sums' has no function 'nothing'");
    assert_eq!(call("app.services.sums", "add", &[]), "PythonError: TypeError: add() missing 1 required positional argument: 'a'");
}

#[test]
fn modules_import_each_other_by_both_names() {
    let sources = [
        ("app/services/prices.py", "started = []\ndef init():\n    started.append('init')\ndef vat(x):\n    return x * 2\n"),
        ("app/services/orders.py", "from app.services.prices import vat\nfrom services import prices as short\nimport app.services.prices as long\nimport services.prices\ndef total(x):\n    return [vat(x), short is long, services.prices is long, long.__name__, long.__spec__.name, long.started]\ndef place():\n    return [__name__, __file__.endswith('/app/services/orders.py')]\n"),
        ("app/lib/__init__.py", "from .deep.leaf import leaf\nname = 'lib'\n"),
        ("app/lib/deep/leaf.py", "from .. import other\ndef leaf():\n    return other.value\n"),
        ("app/lib/other.py", "value = 7\n"),
        ("app/types.py", "mine = True\n"),
        ("ml/model.py", "import types, app.types\ndef own():\n    return [hasattr(types, 'mine'), app.types.mine]\n"),
        ("app/user.py", "import lib, pickle\nclass Model:\n    pass\ndef use():\n    return [lib.leaf(), lib.name, lib.__name__, isinstance(pickle.loads(pickle.dumps(Model())), Model)]\n"),
    ];
    let _python = python(&sources, one());
    assert_eq!(call("app.services.orders", "total", &[Value::Num(1.0)]), "[ 2, true, true, 'app.services.prices', 'app.services.prices', [] ]");
    assert_eq!(call("app.services.prices", "vat", &[Value::Num(1.0)]), "2");
    assert_eq!(call("app.services.orders", "total", &[Value::Num(1.0)]), "[\n  2,\n  true,\n  true,\n  'app.services.prices',\n  'app.services.prices',\n  [ 'init' ]\n]");
    assert_eq!(call("app.services.orders", "place", &[]), "[ 'app.services.orders', true ]");
    assert_eq!(call("ml.model", "own", &[]), "[ false, true ]");
    assert_eq!(call("app.user", "use", &[]), "[ 7, 'lib', 'app.lib', true ]");
}

#[test]
fn code_at_hand() {
    let _python = python(&[], one());
    let inline = |code: &str| super::inline("f", code);
    assert_eq!(inline("\n      import math\n\n      def f(data, js_context=None):\n        text = '''\nleft'''\n        return [data, js_context, math.floor(1.5), text]\n    "), "[ 1, null, 1, '\\nleft' ]");
    assert_eq!(inline("def f(data):\n\treturn 'a\tb'"), "'a\\tb'");
    assert_eq!(inline("n = 0\ndef f(*all):\n    global n\n    n += 1\n    return [n, *all]"), "[ 1, 1, null ]");
    assert_eq!(inline("n = 0\ndef f(*all):\n    global n\n    n += 1\n    return [n, *all]"), "[ 2, 1, null ]");
    assert_eq!(inline("  def f(data):\n    return (\n"), "PythonError: SyntaxError: '(' was never closed (line 2)");
    assert_eq!(inline("x = 1"), "PythonError: NameError: the code defines no function 'f'");
}
