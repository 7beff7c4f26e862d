//! One Rust module per source module.

use crate::facts::{self, ModuleFacts};
use crate::function;
use crate::names;
use crate::tables::Tables;
use crate::texts::Texts;
use proc_macro2::{Ident, Literal, TokenStream};
use puremix_ir::*;
use quote::quote;
use std::collections::{HashMap, HashSet};

/// A generated module.
pub(crate) struct ModuleCode {
    pub name: String,
    pub tokens: TokenStream,
    /// What the file `NAME.txt` beside it holds.
    pub texts: Texts,
}

/// Statics of one file, made while its functions are emitted.
#[derive(Default)]
pub(crate) struct FileItems {
    /// The texts of the file's functions.
    pub texts: Texts,
    pub literals: Vec<TokenStream>,
    literal_of: HashMap<String, Ident>,
    pub shapes: Vec<TokenStream>,
    shape_of: HashMap<Vec<String>, Ident>,
    taken: HashSet<String>,
}

impl FileItems {
    fn fresh(&mut self, prefix: &str, name: &str) -> Ident {
        let stem = names::constant(prefix, &name.chars().take(24).collect::<String>());
        let mut text = stem.clone();
        let mut number = self.taken.len();
        // A text of digits is named as numbered ones are: `12` and the twelfth without a name.
        while text == prefix || !self.taken.insert(text.clone()) {
            text = format!("{stem}_{number}");
            number += 1;
        }
        names::ident(&text)
    }

    /// The static of a string literal.
    pub fn literal(&mut self, tables: &Tables<'_>, text: &str) -> Ident {
        if let Some(ident) = self.literal_of.get(text) {
            return ident.clone();
        }
        let ident = self.fresh("S", text);
        let value = match tables.known_atom(text) {
            Some(atom) => quote!(rt::Lit::with_atom(#text, #atom)),
            None => quote!(rt::Lit::new(#text)),
        };
        self.literals.push(quote!(static #ident: rt::Lit = #value;));
        self.literal_of.insert(text.to_owned(), ident.clone());
        ident
    }

    /// The static of an object literal's layout.
    pub fn shape(&mut self, tables: &mut Tables<'_>, keys: &[&str]) -> Ident {
        let keys: Vec<String> = keys.iter().map(|k| (*k).to_owned()).collect();
        if let Some(ident) = self.shape_of.get(&keys) {
            return ident.clone();
        }
        let ident = self.fresh("SHAPE", &keys.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("_"));
        let id = Literal::u32_unsuffixed(tables.shapes);
        tables.shapes += 1;
        let atoms: Vec<TokenStream> = keys.iter().map(|k| tables.atom(k)).collect();
        self.shapes.push(quote!(static #ident: rt::ShapeLit = rt::ShapeLit { keys: &[#(#atoms),*], id: #id };));
        self.shape_of.insert(keys, ident.clone());
        ident
    }
}

/// The Rust name of a source module.
pub(crate) fn module_name(program: &Program, id: ModuleId) -> String {
    names::module(id.index(), &program.module(id).path)
}

/// The constant with a module variable's slot, inside its module.
pub(crate) fn global_const(m: &Module, global: GlobalId) -> Ident {
    names::ident(&format!("{}_{}", names::constant("G", &m.global(global).name), global.0))
}

/// The constant as another module names it.
pub(crate) fn global_path(program: &Program, from: ModuleId, owner: ModuleId, global: GlobalId) -> TokenStream {
    let ident = global_const(program.module(owner), global);
    if from == owner {
        return quote!(#ident);
    }
    let module = names::ident(&module_name(program, owner));
    quote!(crate::#module::#ident)
}

/// A function declaration of a module in a cycle: it is there before its module runs.
pub(crate) fn hoisted_function(program: &Program, from: ModuleId, owner: ModuleId, global: GlobalId) -> Option<TokenStream> {
    let g = program.module(owner).global(global);
    let f = g.function.filter(|_| g.checked && g.hoisted)?;
    let slot = global_path(program, from, owner, global);
    let definition = function::definition_ident(f, program.module(owner).function(f));
    if from == owner {
        return Some(quote!(rt::global_function(cx, #slot, &#definition)));
    }
    let module = names::ident(&module_name(program, owner));
    Some(quote!(rt::global_function(cx, #slot, &crate::#module::#definition)))
}

pub(crate) fn emit_module(program: &Program, facts: &[ModuleFacts], tables: &mut Tables<'_>, id: ModuleId) -> ModuleCode {
    let m = program.module(id);
    let reachable = reachable(program, facts, id);
    let texts = Texts::of(&facts[id.index()], m, (0..m.functions.len()).map(FnId::from).filter(|f| reachable.contains(f)));
    let mut file = FileItems { texts, ..FileItems::default() };
    let mut functions = Vec::new();
    for index in 0..m.functions.len() {
        if reachable.contains(&FnId::from(index)) {
            functions.push(function::emit_function(program, facts, tables, &mut file, id, index.into()));
        }
    }
    let globals: Vec<TokenStream> = (0..m.globals.len())
        .map(|index| {
            let ident = global_const(m, index.into());
            let slot = Literal::u32_unsuffixed(tables.global(id, index.into()));
            quote!(pub const #ident: u32 = #slot;)
        })
        .collect();
    let items = crate::app::emit_module_items(program, &facts[id.index()], tables, id);
    let FileItems { literals, shapes, texts, .. } = file;
    let name = module_name(program, id);
    // What functions answer to `toString`.
    let source_file = format!("{name}.txt");
    let source = (!texts.is_empty()).then(|| quote!(const SOURCE: &str = include_str!(#source_file);));
    let tokens = quote! {
        use crate::atoms::*;
        use puremix_runtime::__rt as rt;
        #source
        #(#globals)*
        #(#literals)*
        #(#shapes)*
        #(#functions)*
        #items
    };
    ModuleCode { name, tokens, texts }
}

/// Functions that some other function, the page table or an importer can name. Dead ones cost the user compile time.
fn reachable(program: &Program, _facts: &[ModuleFacts], id: ModuleId) -> HashSet<FnId> {
    let m = program.module(id);
    let mut roots = vec![m.init];
    if let Some(page) = &m.page {
        roots.extend(page.loaders.iter().chain(&page.actions).map(|f| f.function));
        roots.extend(page.render.into_iter().chain(page.head));
    }
    for route in &program.app.routes {
        if let (app::RouteKind::Handler(f), true) = (&route.kind, route.module == id) {
            roots.push(*f);
        }
    }
    roots.extend(m.globals.iter().filter_map(|g| g.function));
    let mut seen = HashSet::new();
    while let Some(f) = roots.pop() {
        if seen.insert(f) {
            visit::walk_mentions(m.function(f), &mut |mention, _| {
                if let visit::Mention::Function(made) = mention {
                    roots.push(made);
                }
            });
        }
    }
    seen
}

/// Whether the closure of a function exists at run time.
pub(crate) fn is_value(facts: &ModuleFacts, m: &Module, f: FnId) -> bool {
    facts.is_value[f.index()] && !facts::is_typed(facts, m, f)
}
