//! Loaders: started together, waited for together; what one throws becomes data.

use crate::app::PageDef;
use crate::lang::{self, Settled};
use puremix_value::{Cx, Obj, Value};

/// Calls all loaders of a page. The values may be promises; one that throws at once has its error state already.
pub(super) fn start(cx: Cx, def: &'static PageDef, request: &Value, action_result: &Value, props: &Value) -> Vec<Value> {
    let call = |loader: &crate::app::LoaderDef| match (loader.call)(cx, request, action_result, props) {
        Ok(value) => value,
        Err(_) => error_state(cx, cx.take_exception()),
    };
    def.loaders.iter().map(call).collect()
}

/// Replaces promises that are settled by their values. True if none is pending.
pub(super) fn settle_now(cx: Cx, values: &mut [Value]) -> bool {
    let mut done = true;
    for value in values {
        match lang::settled(cx, value) {
            Settled::Now(v) => *value = v,
            Settled::Rejected(e) => *value = error_state(cx, e),
            Settled::Pending => done = false,
        }
    }
    done
}

/// Waits for all promises. They run together, so waiting for one after the other takes no longer than the slowest.
pub(super) async fn settle(cx: Cx, values: &mut [Value]) {
    if settle_now(cx, values) {
        return;
    }
    for value in values {
        *value = match Box::pin(lang::wait(cx, value)).await {
            Ok(v) => v,
            Err(_) => error_state(cx, cx.take_exception()),
        };
    }
}

/// What a page sees of a loader that threw: `{data: {}, state: {error: message}, loading: false}`; a thrown `{redirect}` stays itself.
fn error_state(cx: Cx, error: Value) -> Value {
    if matches!(lang::get(cx, &error, "redirect"), Ok(Value::Str(_))) {
        return error;
    }
    let message = Value::from(lang::message(cx, &error));
    super::failure::report(cx, &error);
    let state = lang::object(cx, [("error", message)]);
    lang::object(cx, [("data", Obj::plain(cx).into()), ("state", state.into()), ("loading", false.into())]).into()
}
