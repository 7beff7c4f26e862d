//! Templates: straight into the output buffer, adjacent text as one write.

use crate::body::{Body, Frame};
use crate::names;
use crate::rep::{Code, Rep, Want};
use proc_macro2::TokenStream;
use puremix_ir::*;
use quote::quote;

impl Body<'_, '_> {
    /// Writes the text gathered so far.
    pub fn emit_write(&mut self, text: &mut String) -> TokenStream {
        if text.is_empty() {
            return quote!();
        }
        let piece = std::mem::take(text);
        quote!(out.lit(#piece);)
    }

    pub fn emit_template_stmt(&mut self, stmt: &Stmt) -> TokenStream {
        match &stmt.kind {
            StmtKind::Write(text) => {
                let mut text = text.to_string();
                self.emit_write(&mut text)
            }
            StmtKind::WriteHole(context, e) => self.emit_hole(*context, e),
            StmtKind::WriteRaw(e) => {
                let v = self.emit(e, Want::Ref);
                let call = self.fallible_at(e.span, quote!(rt::write_raw(cx, out, #v)));
                quote!(#call;)
            }
            StmtKind::WriteAttr { name, kind, value } => self.emit_attr(name, *kind, value),
            StmtKind::WriteAttrs(e) => {
                let v = self.emit(e, Want::Ref);
                let call = self.fallible_at(e.span, quote!(rt::write_attrs(cx, out, #v)));
                quote!(#call;)
            }
            StmtKind::Each { list, item, index, body } => self.emit_each(list, *item, *index, body),
            StmtKind::Component { component, props, children, key, site } => self.emit_component(component, [Some(props), children.as_ref(), key.as_ref()], *site, stmt.span),
            StmtKind::WriteSlot(slot) => self.emit_slot(*slot, stmt.span),
            StmtKind::WriteCsrf => {
                let call = if self.has_scope() { quote!(scope.write_csrf(cx, out)) } else { quote!(rt::write_current_csrf(cx, out)) };
                let call = self.fallible(call);
                quote!(#call;)
            }
            _ => panic!("bug in puremixc: no template statement"),
        }
    }

    fn has_scope(&self) -> bool {
        self.f.kind == FnKind::Render
    }

    fn emit_hole(&mut self, context: EscapeContext, e: &Expr) -> TokenStream {
        match &e.kind {
            ExprKind::Cond(test) => {
                let condition = self.emit(&test.test, Want::Test(test.lang));
                let then = self.emit_hole(context, &test.then);
                let otherwise = self.emit_hole(context, &test.otherwise);
                return if otherwise.is_empty() { quote!(if #condition { #then }) } else { quote!(if #condition { #then } else { #otherwise }) };
            }
            ExprKind::Undefined | ExprKind::Null => return quote!(),
            ExprKind::Str(Text::Utf8(s)) if s.is_empty() => return quote!(),
            ExprKind::Str(Text::Utf8(s)) if is_text(context) && !s.contains(['&', '<', '>', '"', '\'', '`', '=']) => {
                let s = &**s;
                return quote!(out.lit(#s););
            }
            // Inside the template the markup needs no buffer of its own.
            ExprKind::Markup(block) if context == EscapeContext::Text => {
                self.frames.push(Frame::Markup);
                let stmts = self.emit_block(block);
                self.frames.pop();
                return quote!({ #stmts });
            }
            _ => {}
        }
        match self.rep(e) {
            Rep::Num | Rep::Int if is_text(context) => {
                let n = self.emit(e, Want::Num);
                return quote!(out.num(#n););
            }
            Rep::Str if context == EscapeContext::Text => {
                let s = self.emit(e, Want::StrRef);
                return quote!(out.text(#s););
            }
            _ => {}
        }
        let name = names::ident(match context {
            EscapeContext::Text => "write_text",
            EscapeContext::AttrDouble => "write_attr_double",
            EscapeContext::AttrSingle => "write_attr_single",
            EscapeContext::AttrUnquoted => "write_attr_unquoted",
            EscapeContext::UrlStart => "write_url_start",
            EscapeContext::UrlPart => "write_url_part",
            EscapeContext::ScriptJson => "write_script_json",
            EscapeContext::StyleText => "write_style_text",
            EscapeContext::StyleAttr => "write_style_attr",
            EscapeContext::Srcdoc => "write_srcdoc",
            EscapeContext::EventHandler => "write_event_handler",
            EscapeContext::Comment => "write_comment",
            EscapeContext::RcData => "write_rcdata",
            EscapeContext::EventString => "write_event_string",
        });
        let v = self.emit(e, Want::Ref);
        let call = self.fallible_at(e.span, quote!(rt::#name(cx, out, #v)));
        quote!(#call;)
    }

    fn emit_attr(&mut self, name: &str, kind: AttrKind, value: &Expr) -> TokenStream {
        let call = match kind {
            AttrKind::Bool => {
                let v = self.emit(value, Want::Ref);
                return quote!(rt::write_bool_attr(out, #name, #v););
            }
            AttrKind::Value => "write_value_attr",
            AttrKind::Url => "write_url_attr",
            AttrKind::Style => "write_style_attr_value",
            AttrKind::Event => "write_event_attr",
        };
        let call = names::ident(call);
        let v = self.emit(value, Want::Ref);
        let call = self.fallible_at(value.span, quote!(rt::#call(cx, out, #name, #v)));
        quote!(#call;)
    }

    fn emit_each(&mut self, list: &Expr, item: LocalId, index: Option<LocalId>, body: &[Stmt]) -> TokenStream {
        let v = self.emit(list, Want::Value);
        let t = self.temp();
        let open = self.fallible_at(list.span, quote!(rt::each(cx, #v)));
        let next = self.fallible_at(list.span, quote!(#t.next(cx)));
        self.frames.push(Frame::Markup);
        let (pattern, declaration) = self.loop_item(item);
        let index = index.map(|local| {
            let rep = self.local_rep(local);
            let n = Code::owned(Rep::Num, quote!(#t.index())).to(rep.want());
            self.declare(local, n)
        });
        let stmts = self.emit_block(body);
        self.frames.pop();
        quote!({ let mut #t = #open; while let Some(#pattern) = #next { #declaration #index #stmts } })
    }

    /// `given` are props, children and key.
    fn emit_component(&mut self, component: &ComponentRef, given: [Option<&Expr>; 3], site: u64, span: Span) -> TokenStream {
        let Target::Component(module) = self.m.requests[component.request].target else {
            let name = &*component.name;
            let call = self.fallible_at(span, quote!(rt::missing_name(cx, #name)));
            return quote!(#call;);
        };
        let page = names::ident(&crate::module::module_name(self.program, module));
        let absent = Expr::new(ExprKind::Undefined, span);
        let operands = self.operands(&given.map(|e| (e.unwrap_or(&absent), Want::Ref)));
        let call = self.fallible_at(span, quote!(rt::component(cx, out, &crate::#page::PAGE, #(#operands),*, #site)));
        quote!(#call;)
    }

    fn emit_slot(&mut self, slot: Slot, span: Span) -> TokenStream {
        if !self.has_scope() {
            return quote!();
        }
        let call = match slot {
            Slot::Head => return quote!(scope.write_head(out);),
            Slot::Content => quote!(scope.write_content(cx, out)),
            Slot::Title => quote!(scope.write_title(cx, out)),
            Slot::Description => quote!(scope.write_description(cx, out)),
            Slot::Instance => quote!(scope.write_instance(cx, out)),
        };
        let call = self.fallible_at(span, call);
        quote!(#call;)
    }

    /// Operations that mean something only around a template.
    pub fn emit_template_op(&mut self, name: &str, args: &[Expr], span: Span) -> Code {
        match (name, args) {
            ("slot_given", [Expr { kind: ExprKind::Str(Text::Utf8(slot)), .. }]) if self.has_scope() => {
                let value = match &**slot {
                    "title" => self.fallible_at(span, quote!(scope.title(cx))),
                    "description" => self.fallible_at(span, quote!(scope.description(cx))),
                    _ => return Code::owned(Rep::Bool, quote!(scope.has_content())),
                };
                Code::owned(Rep::Bool, quote!(!rt::is_nullish(&#value)))
            }
            ("raw", [value]) => {
                let v = self.emit(value, Want::Ref);
                Code::value(self.fallible_at(span, quote!(rt::raw_markup(cx, #v))))
            }
            _ => Code::owned(Rep::Bool, quote!(false)),
        }
    }
}

/// Contexts in which digits and plain words need no escaping.
fn is_text(context: EscapeContext) -> bool {
    matches!(context, EscapeContext::Text | EscapeContext::AttrDouble | EscapeContext::AttrSingle | EscapeContext::RcData)
}
