//! Templates: into the innermost buffer.

use super::frame::{Frame, Page};
use crate::edition;
use crate::image::{Op, ScopeRead};
use puremix_ir::{AttrKind, EscapeContext, Slot};
use puremix_runtime::__rt as rt;
use puremix_value::{Cx, R, Value};

impl Frame {
    pub(super) fn write(&mut self, cx: Cx, op: &Op, page: &mut Option<&mut Page<'_, '_>>) -> R<()> {
        match op {
            Op::BeginMarkup => {
                self.outs.push(rt::Out::default());
                return Ok(());
            }
            Op::EndMarkup(to) => {
                let markup = self.outs.pop().unwrap_or_default().into_value(cx);
                self.set(*to, markup);
                return Ok(());
            }
            Op::RawMarkup { to, from } => {
                let markup = rt::raw_markup(cx, self.get(*from))?;
                self.set(*to, markup);
                return Ok(());
            }
            Op::Scope { to, read } => {
                let Some(page) = page else { return Ok(()) };
                let value = self.read_scope(cx, page.scope, *read)?;
                self.set(*to, value);
                return Ok(());
            }
            _ => {}
        }
        // The buffer is taken out of the frame while registers are read beside it.
        match self.outs.pop() {
            Some(mut own) => {
                let written = self.write_to(cx, op, &mut own, page.as_deref().map(|p| p.scope));
                self.outs.push(own);
                written
            }
            None => {
                let Some(page) = page else { return Ok(()) };
                let scope = page.scope;
                self.write_to(cx, op, page.out, Some(scope))
            }
        }
    }

    fn read_scope(&self, cx: Cx, scope: &rt::Scope<'_>, read: ScopeRead) -> R {
        Ok(match read {
            ScopeRead::Loader(index) => scope.loader(index as usize).clone(),
            ScopeRead::Params => scope.params(cx)?,
            ScopeRead::Query => scope.query(cx)?,
            ScopeRead::Request => scope.request().clone(),
            ScopeRead::ActionResult => scope.action_result().clone(),
            ScopeRead::Env => scope.env(cx),
            ScopeRead::Props => scope.props().clone(),
            ScopeRead::Prop(name) => rt::get_safe(cx, scope.props(), name, 0)?,
            ScopeRead::PageValue(name) => scope.page_value(cx, self.loaded.text(name)),
            ScopeRead::Title => scope.title(cx)?,
            ScopeRead::Description => scope.description(cx)?,
            ScopeRead::Error => scope.error(cx),
            ScopeRead::Url => scope.url(cx)?,
            ScopeRead::HasContent => Value::Bool(scope.has_content()),
        })
    }

    fn write_to(&self, cx: Cx, op: &Op, out: &mut rt::Out, scope: Option<&rt::Scope<'_>>) -> R<()> {
        match op {
            Op::Write(text) => out.raw(self.loaded.text(*text)),
            Op::WriteHole(context, from) => write_hole(cx, out, *context, self.get(*from))?,
            Op::WriteRaw(from) => rt::write_raw(cx, out, self.get(*from))?,
            Op::WriteAttr { name, kind, from } => {
                let (name, value) = (self.loaded.text(*name), self.get(*from));
                match kind {
                    AttrKind::Bool => rt::write_bool_attr(out, name, value),
                    AttrKind::Value => rt::write_value_attr(cx, out, name, value)?,
                    AttrKind::Url => rt::write_url_attr(cx, out, name, value)?,
                    AttrKind::Style => rt::write_style_attr_value(cx, out, name, value)?,
                    AttrKind::Event => rt::write_event_attr(cx, out, name, value)?,
                }
            }
            Op::WriteAttrs(from) => rt::write_attrs(cx, out, self.get(*from))?,
            Op::Component { module, props, children, key, site } => {
                let Some(def) = edition::page(*module) else { panic!("bug in puremixc: a component without a page") };
                rt::component(cx, out, def, self.get(*props), self.get(*children), self.get(*key), *site)?;
            }
            Op::WriteSlot(slot) => {
                let Some(scope) = scope else { return Ok(()) };
                match slot {
                    Slot::Head => scope.write_head(out),
                    Slot::Content => scope.write_content(cx, out)?,
                    Slot::Title => scope.write_title(cx, out)?,
                    Slot::Description => scope.write_description(cx, out)?,
                    Slot::Instance => scope.write_instance(cx, out)?,
                }
            }
            Op::WriteCsrf => match scope {
                Some(scope) => scope.write_csrf(cx, out)?,
                None => rt::write_current_csrf(cx, out)?,
            },
            other => panic!("bug in puremixc: {other:?} writes nothing"),
        }
        Ok(())
    }
}

fn write_hole(cx: Cx, out: &mut rt::Out, context: EscapeContext, value: &Value) -> R<()> {
    let write = match context {
        EscapeContext::Text => rt::write_text,
        EscapeContext::AttrDouble => rt::write_attr_double,
        EscapeContext::AttrSingle => rt::write_attr_single,
        EscapeContext::AttrUnquoted => rt::write_attr_unquoted,
        EscapeContext::UrlStart => rt::write_url_start,
        EscapeContext::UrlPart => rt::write_url_part,
        EscapeContext::ScriptJson => rt::write_script_json,
        EscapeContext::StyleText => rt::write_style_text,
        EscapeContext::StyleAttr => rt::write_style_attr,
        EscapeContext::Srcdoc => rt::write_srcdoc,
        EscapeContext::EventHandler => rt::write_event_handler,
        EscapeContext::Comment => rt::write_comment,
        EscapeContext::RcData => rt::write_rcdata,
        EscapeContext::EventString => rt::write_event_string,
    };
    write(cx, out, value)
}
