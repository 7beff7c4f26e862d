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
