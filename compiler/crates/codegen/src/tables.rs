//! What the whole program shares: property names, inline caches, places of calls, marks, module variables.

use crate::names;
use proc_macro2::{Ident, Literal, TokenStream};
use puremix_diag::{LineColumn, SourceMap, Span};
use puremix_ir::{GlobalId, ModuleId, Program, startup};
use quote::quote;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The runtime's own names: their atoms are fixed, and generated code refers to them by the runtime's constants.
const WELL_KNOWN: &str = include_str!("../../../../runtime/crates/value/src/atom/well_known.rs");

/// `(constant, name)` of each row `NAME = "text",`.
fn well_known() -> impl Iterator<Item = (&'static str, &'static str)> {
    WELL_KNOWN.lines().filter_map(|line| {
        let (constant, rest) = line.trim().split_once(" = \"")?;
        let name = rest.strip_suffix("\",")?;
        constant.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_').then_some((constant, name))
    })
}

/// A place that exceptions learn of.
pub(crate) struct CallSite {
    /// Index of the source file.
    pub file: usize,
    pub at: LineColumn,
    /// What messages call the expression that is called, constructed or walked there; may be empty.
    pub expression: String,
}

pub(crate) struct Tables<'a> {
    sources: &'a SourceMap,
    well_known: HashMap<&'static str, &'static str>,
    /// Names in order of first use and the constant of each.
    atoms: Vec<(String, Ident)>,
    atom_of: HashMap<String, Ident>,
    atom_idents: HashSet<String>,
    pub inline_caches: u32,
    pub sites: Vec<CallSite>,
    site_of: HashMap<(u32, u32, String), u32>,
    pub marks: Vec<Span>,
    global_base: Vec<u32>,
    pub globals: u32,
    /// Object literals with layouts of their own.
    pub shapes: u32,
    /// Modules that run when a call first asks for them.
    lazy: HashSet<ModuleId>,
    /// The slot that says whether a module has started, where a call may ask.
    started: HashMap<ModuleId, u32>,
    /// Native modules in use; their namespaces are module variables after the app's own.
    pub natives: BTreeMap<String, u32>,
}

impl<'a> Tables<'a> {
    pub fn new(program: &Program, sources: &'a SourceMap) -> Tables<'a> {
        let mut globals = 0;
        let mut global_base = Vec::new();
        for module in &program.modules {
            global_base.push(globals);
            globals += module.globals.len() as u32;
        }
        let started: HashMap<ModuleId, u32> = startup::modules_asked_for(program).into_iter().zip(globals..).collect();
        Tables {
            sources,
            well_known: well_known().map(|(constant, name)| (name, constant)).collect(),
            atoms: Vec::new(),
            atom_of: HashMap::new(),
            atom_idents: HashSet::new(),
            inline_caches: 1,
            sites: Vec::new(),
            site_of: HashMap::new(),
            marks: Vec::new(),
            global_base,
            globals: globals + started.len() as u32,
            lazy: startup::lazy_modules(program),
            started,
            shapes: 0,
            natives: BTreeMap::new(),
        }
    }

    /// The constant that holds the atom of a property name.
    pub fn atom(&mut self, name: &str) -> TokenStream {
        if let Some(constant) = self.well_known.get(name) {
            let constant = names::ident(constant);
            return quote!(rt::wk::#constant);
        }
        if let Some(ident) = self.atom_of.get(name) {
            return quote!(#ident);
        }
        let mut text = names::constant("K", name);
        if !self.atom_idents.insert(text.clone()) {
            text = format!("{text}_{}", self.atoms.len());
            self.atom_idents.insert(text.clone());
        }
        let ident = names::ident(&text);
        self.atoms.push((name.to_owned(), ident.clone()));
        self.atom_of.insert(name.to_owned(), ident.clone());
        quote!(#ident)
    }

    /// The atom's constant if the name has one already.
    pub fn known_atom(&self, name: &str) -> Option<TokenStream> {
        if let Some(constant) = self.well_known.get(name) {
            let constant = names::ident(constant);
            return Some(quote!(rt::wk::#constant));
        }
        self.atom_of.get(name).map(|ident| quote!(#ident))
    }

    pub fn atom_names(&self) -> impl Iterator<Item = &str> {
        self.atoms.iter().map(|(name, _)| name.as_str())
    }

    /// `src/atoms.rs`
    pub fn emit_atoms(&self) -> TokenStream {
        let consts = self.atoms.iter().enumerate().map(|(index, (_, ident))| {
            let index = Literal::u32_unsuffixed(index as u32);
            quote!(pub const #ident: rt::Atom = rt::program_atom(#index);)
        });
        quote! {
            use puremix_runtime::__rt as rt;
            #(#consts)*
        }
    }

    /// A fresh inline cache.
    pub fn ic(&mut self) -> Literal {
        self.inline_caches += 1;
        Literal::u32_unsuffixed(self.inline_caches - 1)
    }

    /// The number of a place in the site table; 0 is unknown.
    pub fn site(&mut self, span: Span) -> Literal {
        self.site_about(span, "")
    }

    /// The number of a place whose messages name `expression`.
    pub fn site_about(&mut self, span: Span, expression: &str) -> Literal {
        let next = self.sites.len() as u32 + 1;
        let site = *self.site_of.entry((span.file.0, span.start, expression.to_owned())).or_insert(next);
        if site == next {
            let at = self.sources.file(span.file).line_column(span.start);
            self.sites.push(CallSite { file: span.file.0 as usize, at, expression: expression.to_owned() });
        }
        Literal::u32_unsuffixed(site)
    }

    pub fn file_path(&self, index: usize) -> &str {
        &self.sources.file(puremix_diag::FileId(index as u32)).path
    }

    /// A statement that printing replaces by a comment.
    pub fn mark(&mut self, span: Span) -> TokenStream {
        let n = Literal::usize_unsuffixed(self.marks.len());
        self.marks.push(span);
        quote!(__at!(#n);)
    }

    /// The isolate's slot of a module variable.
    pub fn global(&self, module: ModuleId, global: GlobalId) -> u32 {
        self.global_base[module.index()] + global.0
    }

    pub fn is_lazy(&self, module: ModuleId) -> bool {
        self.lazy.contains(&module)
    }

    /// The slot that holds the run of a module which calls may ask for.
    pub fn started_slot(&self, module: ModuleId) -> Option<u32> {
        self.started.get(&module).copied()
    }

    /// A slot for a module's namespace object.
    pub fn namespace(&mut self) -> Literal {
        self.globals += 1;
        Literal::u32_unsuffixed(self.globals - 1)
    }

    /// The isolate's slot that holds a native module's namespace.
    pub fn native(&mut self, name: &str) -> Literal {
        let next = self.globals;
        let slot = *self.natives.entry(name.to_owned()).or_insert(next);
        if slot == next {
            self.globals += 1;
        }
        Literal::u32_unsuffixed(slot)
    }
}
