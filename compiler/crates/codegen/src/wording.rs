//! Places whose messages name an expression.

use crate::body::Body;
use proc_macro2::TokenStream;
use puremix_ir::message::Wording;
use puremix_ir::*;

impl Body<'_, '_> {
    pub fn wording(&self) -> Wording<'_> {
        Wording { module: self.m, function: self.f, held: &self.texts }
    }

    /// As [`Body::fallible_at`]; a message about what is called or walked there names `expression`.
    pub fn fallible_about(&mut self, span: Span, expression: &str, value: TokenStream) -> TokenStream {
        let site = self.tables.site_about(span, expression);
        self.fallible(quote::quote!(rt::at(cx, #site, #value)))
    }
}
