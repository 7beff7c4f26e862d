//! Values of numpy and pandas. `PUREMIX_TEST_PYTHON` names an interpreter (or a virtualenv) that has both: `cargo xtask ci` makes one.

use super::{call, one, python};
use expect_test::{Expect, expect};
use puremix_interop::PythonSettings;
use puremix_value::Value;

#[test]
#[ignore = "needs numpy and pandas: set PUREMIX_TEST_PYTHON"]
fn of_numpy_and_pandas() {
    let path = std::env::var("PUREMIX_TEST_PYTHON").expect("PUREMIX_TEST_PYTHON names a Python with numpy and pandas");
    let settings = PythonSettings { path: Some(path), ..one() };
    let _python = python(&[("m.py", "import numpy as np\nimport pandas as pd\nimport datetime\ndef value(text):\n    return eval(text, globals())\n")], settings);
    let check = |text: &str, expected: Expect| expected.assert_eq(&call("m", "value", &[Value::str(text)]));
    check("[np.int64(5), np.float64(0.5), np.float32(0.5), np.bool_(True), np.str_('a'), np.float64('nan'), np.uint64(2**64-1), np.longdouble(0.25)]", expect!["[ 5, 0.5, 0.5, true, 'a', NaN, 18446744073709551615n, 0.25 ]"]);
    check("[np.arange(3), np.array([[1.5, 2], [np.inf, np.nan]]), np.array(['a', 'b']), np.array([1, 'a', None], dtype=object), np.array(5), np.array([True])]", expect![[r#"
        [
          [ 0, 1, 2 ],
          [ [ 1.5, 2 ], [ Infinity, NaN ] ],
          [ 'a', 'b' ],
          [ 1, 'a', null ],
          5,
          [ true ]
        ]"#]]);
    check("[np.datetime64('2024-01-02T03:04:05.678'), np.array(['2024-01-02', 'NaT'], dtype='datetime64[D]'), np.timedelta64(1500, 'ms')]", expect!["[ 2024-01-02T03:04:05.678Z, [ 2024-01-02T00:00:00.000Z, null ], 1.5 ]"]);
    check("np.array([(1, 'a'), (2, 'b')], dtype=[('n', int), ('t', 'U1')])", expect!["[ { n: 1, t: 'a' }, { n: 2, t: 'b' } ]"]);
    check("{np.int64(1): np.float32(1), np.str_('k'): [np.arange(2)]}", expect!["{ '1': 1, k: [ [ 0, 1 ] ] }"]);
    check("np.complex64(1)", expect!["PythonError: TypeError: the result is a value of type complex, which JavaScript cannot have: return dicts, lists, texts and numbers, or give the class a method `to_dict`"]);
    check("pd.DataFrame({'a': [1, 2], 'b': [0.5, None], 'c': ['x', None], 'd': pd.to_datetime(['2024-01-02', None]), 'e': [True, False]})", expect![[r#"
        [
          { a: 1, b: 0.5, c: 'x', d: 2024-01-02T00:00:00.000Z, e: true },
          { a: 2, b: null, c: null, d: null, e: false }
        ]"#]]);
    check("[pd.DataFrame(), pd.DataFrame({'a': []}), pd.DataFrame([[1, 2]], columns=[0, ('x', 1)])]", expect![[r#"[ [], [], [ { '0': 1, "('x', 1)": 2 } ] ]"#]]);
    check("pd.DataFrame({'k': ['a', 'b', 'a'], 'v': [1, 2, 3]}).groupby('k')['v'].sum()", expect!["{ a: 4, b: 2 }"]);
    check("[pd.Series([1.5, None]), pd.Series(['a', 'a', 'b']).value_counts(), pd.Series([1, None], dtype='Int64'), pd.Series(['x'], dtype='category')]", expect!["[ [ 1.5, null ], { a: 2, b: 1 }, [ 1, null ], [ 'x' ] ]"]);
    check("[pd.Timestamp('2024-01-02 03:04:05', tz='Europe/Berlin'), pd.Timestamp('2024-01-02'), pd.NaT, pd.NA, pd.Timedelta('1min'), pd.Period('2024-01')]", expect![[r#"
        [
          2024-01-02T02:04:05.000Z,
          2024-01-02T00:00:00.000Z,
          null,
          null,
          60,
          '2024-01'
        ]"#]]);
    check("[pd.Index([1, 2]), pd.date_range('2024-01-01', periods=2), pd.date_range('2024-01-01', periods=1, tz='Europe/Berlin'), pd.Categorical(['a', 'b'])]", expect![[r#"
        [
          [ 1, 2 ],
          [ 2024-01-01T00:00:00.000Z, 2024-01-02T00:00:00.000Z ],
          [ 2023-12-31T23:00:00.000Z ],
          [ 'a', 'b' ]
        ]"#]]);
    check("{'frame': pd.DataFrame({'a': [1]}).describe().to_dict(), 'next': {'rows': pd.DataFrame({'n': np.arange(2)})}}", expect![[r#"
        {
          frame: {
            a: {
              count: 1,
              mean: 1,
              std: NaN,
              min: 1,
              '25%': 1,
              '50%': 1,
              '75%': 1,
              max: 1
            }
          },
          next: { rows: [ [Object], [Object] ] }
        }"#]]);
}
