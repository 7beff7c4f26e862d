//! Components: rendered at once when their loaders are done, deferred while they are not.

use super::loaders::{self, start};
use super::scope::{Content, Rendering, current, rendering};
use super::{Out, Scope};
use crate::app::PageDef;
use puremix_value::{Class, Cx, Obj, Payload, R, Tracer, Value, check_stack};

/// Renders a component into `out`. `children` is markup or undefined. `key` identifies the instance among its siblings.
///
/// A component with loaders starts them here, so that those of siblings run in parallel; while one of them is pending the component leaves a gap.
///
/// # Errors
/// What the component's template throws; a loader that throws gives its template an error state instead.
pub fn component(cx: Cx, out: &mut Out, def: &'static PageDef, props: &Value, children: &Value, _key: &Value) -> R<()> {
    check_stack(cx)?;
    let now = current().unwrap_or(Rendering { request: Value::Undefined, action_result: Value::Undefined });
    if def.loaders.is_empty() {
        return render(cx, out, def, &[], &now, props, children);
    }
    let mut values = start(cx, def, &now.request, &now.action_result, props);
    if loaders::settle_now(cx, &mut values) {
        return render(cx, out, def, &values, &now, props, children);
    }
    let deferred = Deferred { def, loaders: values, props: props.clone(), children: children.clone(), rendering: now };
    out.defer(Obj::native(cx, None, Class::Other, deferred));
    Ok(())
}

fn render(cx: Cx, out: &mut Out, def: &'static PageDef, loaders: &[Value], now: &Rendering, props: &Value, children: &Value) -> R<()> {
    let content = if children.is_nullish() { Content::Nothing } else { Content::Children(children) };
    let scope = Scope { def, loaders, request: &now.request, action_result: &now.action_result, props, content };
    (def.render)(cx, &scope, out)
}

/// A component that waits for its loaders.
pub(super) struct Deferred {
    def: &'static PageDef,
    loaders: Vec<Value>,
    props: Value,
    children: Value,
    rendering: Rendering,
}

impl Payload for Deferred {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.values(&self.loaders);
        for value in [&self.props, &self.children, &self.rendering.request, &self.rendering.action_result] {
            t.value(value);
        }
    }
}

impl Deferred {
    /// Waits for the loaders and renders.
    pub(super) async fn render(&self, cx: Cx) -> R<Out> {
        let mut values = self.loaders.clone();
        loaders::settle(cx, &mut values).await;
        let mut out = Out::default();
        rendering(self.rendering.clone(), || render(cx, &mut out, self.def, &values, &self.rendering, &self.props, &self.children))?;
        Ok(out)
    }
}

/// Markup as a value: `{cond && <b>…</b>}` in a place where it cannot be written at once.
///
/// # Errors
/// What the markup's holes throw.
pub fn markup(cx: Cx, write: impl FnOnce(&mut Out) -> R<()>) -> R {
    let mut out = Out::default();
    write(&mut out)?;
    Ok(out.into_value(cx))
}

/// A value as trusted markup: strings are taken as they are.
///
/// # Errors
/// What the value's `toString` throws.
pub fn raw_markup(cx: Cx, value: &Value) -> R {
    markup(cx, |out| super::write::write_raw(cx, out, value))
}
