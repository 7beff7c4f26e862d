//! Components: rendered at once when their loaders are done, deferred while they are not.

use super::instance::{self, Instance};
use super::loaders::{self, start};
use super::scope::{Content, Rendering, current, rendering};
use super::{Out, Scope};
use crate::app::PageDef;
use puremix_value::{Class, Cx, Obj, Payload, R, Tracer, Value, check_stack};
use std::rc::Rc;

/// Renders a component into `out`. `children` is markup or undefined. `key` identifies the instance among its siblings, `site` the tag among all of the app.
///
/// A component with loaders starts them here, so that those of siblings run in parallel; while one of them is pending the component leaves a gap.
///
/// # Errors
/// What the component's template throws; a loader that throws gives its template an error state instead.
pub fn component(cx: Cx, out: &mut Out, def: &'static PageDef, props: &Value, children: &Value, key: &Value, site: u64) -> R<()> {
    check_stack(cx)?;
    let now = current().unwrap_or_else(|| Rendering::of_request(&Value::Undefined));
    let (now, instance) = instance::enter(now, def, props, children, key, site);
    let given = Given { def, props, children, instance: instance.as_ref() };
    if def.loaders.is_empty() {
        return given.render_inside(cx, out, &[], &now);
    }
    let mut values = start(cx, def, &now.request, &now.action_result, props);
    if loaders::settle_now(cx, &mut values) {
        return given.render_inside(cx, out, &values, &now);
    }
    let deferred = Deferred { def, loaders: values, props: props.clone(), children: children.clone(), instance, rendering: now };
    out.defer(Obj::native(cx, None, Class::Other, deferred));
    Ok(())
}

/// One instance of a component, without what stands around it: its loaders and its template.
///
/// # Errors
/// What the component's template throws.
pub(super) async fn instance_alone(cx: Cx, def: &'static PageDef, instance: &Instance, request: &Value, action_result: &Value) -> R<String> {
    let now = Rendering { request: request.clone(), action_result: action_result.clone(), place: instance.place, instances: Some(Rc::default()) };
    let mut values = start(cx, def, request, action_result, &instance.props);
    loaders::settle(cx, &mut values).await;
    let mut out = Out::default();
    let given = Given { def, props: &instance.props, children: &instance.children, instance: Some(instance) };
    rendering(now.clone(), || given.render(cx, &mut out, &values, &now))?;
    out.finish(cx).await
}

/// A component with what its tag gave it.
struct Given<'a> {
    def: &'static PageDef,
    props: &'a Value,
    children: &'a Value,
    instance: Option<&'a Instance>,
}

impl Given<'_> {
    fn render(&self, cx: Cx, out: &mut Out, loaders: &[Value], now: &Rendering) -> R<()> {
        let content = if self.children.is_nullish() { Content::Nothing } else { Content::Children(self.children) };
        let scope = Scope { def: self.def, loaders, request: &now.request, action_result: &now.action_result, props: self.props, content, instance: self.instance };
        (self.def.render)(cx, &scope, out)
    }

    /// As [`Given::render`], while the page renders. A component without components of its own leaves nothing to tell apart.
    fn render_inside(&self, cx: Cx, out: &mut Out, loaders: &[Value], now: &Rendering) -> R<()> {
        match self.def.components {
            [] => self.render(cx, out, loaders, now),
            _ => rendering(now.clone(), || self.render(cx, out, loaders, now)),
        }
    }
}

/// A component that waits for its loaders.
pub(super) struct Deferred {
    def: &'static PageDef,
    loaders: Vec<Value>,
    props: Value,
    children: Value,
    instance: Option<Instance>,
    rendering: Rendering,
}

impl Payload for Deferred {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.values(&self.loaders);
        let of_instance = self.instance.iter().flat_map(|i| [&i.key, &i.props, &i.children]);
        for value in [&self.props, &self.children, &self.rendering.request, &self.rendering.action_result].into_iter().chain(of_instance) {
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
        let given = Given { def: self.def, props: &self.props, children: &self.children, instance: self.instance.as_ref() };
        rendering(self.rendering.clone(), || given.render(cx, &mut out, &values, &self.rendering))?;
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
