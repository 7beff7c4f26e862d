//! What a template can see.

use super::instance::{Instance, Instances, Place};
use super::layout::Placement;
use super::{Out, write};
use crate::app::PageDef;
use crate::lang;
use crate::request;
use puremix_value::{Atom, Cx, Key, R, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// The names a template can use. Nothing is made before it is used.
pub struct Scope<'a> {
    pub def: &'static PageDef,
    /// Return values of the page's own loaders, in `PageDef::loaders` order.
    pub loaders: &'a [Value],
    pub request: &'a Value,
    pub action_result: &'a Value,
    /// Props of a component; undefined elsewhere.
    pub props: &'a Value,
    pub content: Content<'a>,
    /// Which instance of a component it is, where calls can be for one.
    pub(super) instance: Option<&'a Instance>,
}

/// What stands at a template's `{content}`, `{children}` or `<slot/>`.
pub enum Content<'a> {
    Nothing,
    /// Children of a component: markup.
    Children(&'a Value),
    /// The page (or the inner layout) that this layout wraps.
    Page(&'a Placement<'a>),
}

impl<'a> Scope<'a> {
    /// The whole return value of the page's `i`th loader.
    #[inline]
    pub fn loader(&self, i: usize) -> &'a Value {
        match self.loaders.get(i) {
            Some(value) => value,
            None => undefined(),
        }
    }

    pub fn request(&self) -> &'a Value {
        self.request
    }

    pub fn action_result(&self) -> &'a Value {
        self.action_result
    }

    pub fn props(&self) -> &'a Value {
        self.props
    }

    /// Route parameters.
    pub fn params(&self, cx: Cx) -> R {
        lang::get(cx, self.request, "params")
    }

    /// The parsed query string.
    pub fn query(&self, cx: Cx) -> R {
        lang::get(cx, self.request, "query")
    }

    /// `NODE_ENV`.
    pub fn env(&self, cx: Cx) -> Value {
        Value::str(request::host(cx).services.mode())
    }

    /// One prop of a component.
    pub fn prop(&self, cx: Cx, name: Atom) -> R {
        if self.props.is_nullish() {
            return Ok(Value::Undefined);
        }
        lang::get_key(cx, self.props, &Key::Atom(name))
    }

    /// In a layout: the value of the page's loader of that name; undefined when the page has none.
    pub fn page_value(&self, cx: Cx, name: &str) -> Value {
        let mut scope = self;
        while let Content::Page(placement) = scope.content {
            scope = placement.inner;
            if let Some(i) = scope.def.loaders.iter().position(|l| l.name == name) {
                return scope.loader(i).clone();
            }
        }
        if name == "error" { self.error(cx) } else { Value::Undefined }
    }

    /// In `404.puremix` and `500.puremix`: what went wrong, `{status, name, message, requestId}`, outside production with `stack`.
    pub fn error(&self, cx: Cx) -> Value {
        let failed = request::of(self.request).and_then(|exchange| exchange.failed());
        failed.map_or(Value::Undefined, |failed| request::error_object(cx, &failed))
    }

    /// In the same pages: the URL that was asked for.
    ///
    /// # Errors
    /// None; the request's property is read as the app may have set it.
    pub fn url(&self, cx: Cx) -> R {
        lang::get(cx, self.request, "url")
    }

    /// In a layout: the page's title, from its `<head>` or else from a loader's `data.title` or `title`; undefined when it has none.
    pub fn title(&self, cx: Cx) -> R {
        self.about(cx, "title", super::head::title)
    }

    /// In a layout: the page's description, from its `<head>` or else from a loader.
    pub fn description(&self, cx: Cx) -> R {
        self.about(cx, "description", super::head::description)
    }

    fn about(&self, cx: Cx, name: &str, in_head: fn(&str) -> Option<String>) -> R {
        let Content::Page(placement) = self.content else { return Ok(Value::Undefined) };
        if let Some(text) = in_head(placement.head) {
            return Ok(Value::from(text));
        }
        let mut scope = placement.inner;
        loop {
            for value in scope.loaders {
                let data = lang::get(cx, value, "data")?;
                for holder in [&data, value] {
                    if let found @ Value::Str(_) = lang::get(cx, holder, name)? {
                        return Ok(found);
                    }
                }
            }
            match scope.content {
                Content::Page(inner) => scope = inner.inner,
                _ => return Ok(Value::Undefined),
            }
        }
    }

    /// True if something stands at `{content}`, `{children}` or `<slot/>`; otherwise a slot shows its fallback.
    pub fn has_content(&self) -> bool {
        !matches!(self.content, Content::Nothing)
    }

    /// Writes what stands at `{content}`, `{children}` or `<slot/>`.
    ///
    /// # Errors
    /// What the page throws while it renders.
    pub fn write_content(&self, cx: Cx, out: &mut Out) -> R<()> {
        match self.content {
            Content::Nothing => Ok(()),
            Content::Children(value) => write::write_raw(cx, out, value),
            Content::Page(placement) => placement.write_content(cx, out),
        }
    }

    /// Remembers this as the place of the page's head elements.
    pub fn write_head(&self, out: &mut Out) {
        if let Content::Page(placement) = self.content {
            placement.mark_head(out);
        }
    }

    /// Writes the page's title as text.
    pub fn write_title(&self, cx: Cx, out: &mut Out) -> R<()> {
        write::write_rcdata(cx, out, &self.title(cx)?)
    }

    /// Writes the page's description as the text of a double-quoted attribute.
    pub fn write_description(&self, cx: Cx, out: &mut Out) -> R<()> {
        write::write_attr_double(cx, out, &self.description(cx)?)
    }

    /// Writes the attributes that say which instance of the component this is: its name, an id with which its functions are called, its key.
    ///
    /// # Errors
    /// What the key's `toString` and getters of the props throw.
    pub fn write_instance(&self, cx: Cx, out: &mut Out) -> R<()> {
        match (self.instance, request::of(self.request)) {
            (Some(instance), Some(exchange)) => super::instance::write_attributes(cx, out, self.def, &exchange, instance),
            _ => Ok(()),
        }
    }

    /// Writes the hidden field with the request's CSRF token (hexadecimal or base64url, so nothing needs escaping).
    /// In a component before it the field that says which instance the form is in.
    ///
    /// # Errors
    /// As [`Scope::write_instance`].
    pub fn write_csrf(&self, cx: Cx, out: &mut Out) -> R<()> {
        if let (Some(instance), Some(exchange)) = (self.instance, request::of(self.request)) {
            super::instance::write_field(cx, out, self.def, &exchange, instance)?;
        }
        write_token(cx, self.request, out);
        Ok(())
    }
}

/// A reference to `undefined` of any lifetime.
pub(super) fn undefined<'a>() -> &'a Value {
    // `Value` is not `Sync`, so it cannot be a static; a constant of a variant without contents is promoted.
    const VALUE: &Value = &Value::Undefined;
    VALUE
}

/// The request for which this thread renders right now.
///
/// Render functions are synchronous, so a thread renders for one request at a time, and markup made in a callback belongs to the
/// request of the template that called it.
#[derive(Clone)]
pub(super) struct Rendering {
    pub request: Value,
    pub action_result: Value,
    /// The component being rendered.
    pub place: Place,
    /// `None` where no page is rendered, and nobody can call for one of them.
    pub instances: Option<Rc<Instances>>,
}

impl Rendering {
    /// Of markup that is no page's.
    pub fn of_request(request: &Value) -> Rendering {
        Rendering { request: request.clone(), action_result: Value::Undefined, place: Place::default(), instances: None }
    }
}

thread_local! {
    static RENDERING: RefCell<Option<Rendering>> = const { RefCell::new(None) };
}

/// Runs `render` with this as the request being rendered.
pub(super) fn rendering<T>(rendering: Rendering, render: impl FnOnce() -> T) -> T {
    struct Restore(Option<Rendering>);
    impl Drop for Restore {
        fn drop(&mut self) {
            let before = self.0.take();
            let current = RENDERING.with(|r| std::mem::replace(&mut *r.borrow_mut(), before));
            drop(current);
        }
    }
    let _restore = Restore(RENDERING.with(|r| r.borrow_mut().replace(rendering)));
    render()
}

/// The request being rendered, if a template is running.
pub(super) fn current() -> Option<Rendering> {
    RENDERING.with(|r| r.borrow().clone())
}

fn write_token(cx: Cx, request: &Value, out: &mut Out) {
    if let Some(exchange) = request::of(request) {
        out.raw("<input type=\"hidden\" name=\"");
        out.raw(crate::csrf::FIELD);
        out.raw("\" value=\"");
        out.raw(&request::host(cx).services.csrf_token(&exchange));
        out.raw("\">");
    }
}

/// As [`Scope::write_csrf`], in markup of a callback: for the request being rendered.
pub fn write_current_csrf(cx: Cx, out: &mut Out) -> R<()> {
    if let Some(now) = current() {
        write_token(cx, &now.request, out);
    }
    Ok(())
}
