//! What a page's functions take and return, as TypeScript's text: for declarations that browser scripts are checked with.
//!
//! Such a text is read in another file, so a name in it must mean the same there: a type that the page's blocks declare comes along, one that the page
//! imports from a file beside it is written as an import, and what anything else would be there nobody knows: it becomes `any`.

use crate::parse::Parsed;
use crate::stmt::declared_function;
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::GetSpan;
use puremix_ir::app::Signature;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// The signatures of the functions at the top level of a page's blocks, and the types they use.
#[derive(Debug, Default)]
pub(crate) struct Signatures {
    /// By block and name.
    functions: HashMap<(usize, String), Rc<Signature>>,
    /// Declarations: `interface Item { … }`.
    pub types: Vec<Rc<str>>,
}

impl Signatures {
    /// Reads the blocks of the page at `path`, which is relative to the project's root.
    pub fn of_blocks(path: &str, imports: Option<&Parsed<'_>>, blocks: &[&Parsed<'_>]) -> Signatures {
        let mut found = Signatures::default();
        if !blocks.iter().any(|parsed| parsed.typescript) {
            return found;
        }
        let names = Names::of(path, imports, blocks);
        for (index, parsed) in blocks.iter().enumerate() {
            for statement in &parsed.program.body {
                if let Some(declared) = declared_type(statement).filter(|declared| names.own.get(declared.name()) == Some(&Some(index))) {
                    found.types.push(declared.printed(parsed, &names).into());
                }
                for (name, of) in functions(statement) {
                    let text = |annotation: &TSTypeAnnotation<'_>| -> Rc<str> {
                        let ty = &annotation.type_annotation;
                        let mut copy = Copy::of(&names);
                        copy.visit_ts_type(ty);
                        if copy.is_broken { "any".into() } else { copy.text(&parsed.unit.text, ty.span().start, ty.span().end).into() }
                    };
                    let signature = Signature { data: of.data.map(text), result: of.returns.map(text) };
                    if signature != Signature::default() {
                        found.functions.insert((index, name.to_owned()), Rc::new(signature));
                    }
                }
            }
        }
        found
    }

    pub fn of(&self, block: usize, name: &str) -> Option<Rc<Signature>> {
        self.functions.get(&(block, name.to_owned())).cloned()
    }
}

/// What names of types mean in a page.
struct Names {
    /// Types of the blocks, and the block; `None` for those of several.
    own: HashMap<String, Option<usize>>,
    /// What is imported from files beside the page: `import("../app/lib/types").Item`.
    imported: HashMap<String, String>,
    /// Classes and enumerations of the blocks, which hide types of the language.
    hidden: HashSet<String>,
}

impl Names {
    fn of(path: &str, imports: Option<&Parsed<'_>>, blocks: &[&Parsed<'_>]) -> Names {
        let mut names = Names { own: HashMap::new(), imported: HashMap::new(), hidden: HashSet::new() };
        for (index, parsed) in blocks.iter().enumerate() {
            for statement in &parsed.program.body {
                if let Some(declared) = declared_type(statement) {
                    let block = names.own.entry(declared.name().to_owned()).or_insert(Some(index));
                    if *block != Some(index) {
                        *block = None;
                    }
                }
            }
        }
        for parsed in imports.into_iter().chain(blocks.iter().copied()) {
            for statement in &parsed.program.body {
                names.note_import(path, statement);
                names.hidden.extend(class_or_enum(statement).map(|id| id.name.to_string()));
            }
        }
        names
    }

    fn note_import(&mut self, path: &str, statement: &Statement<'_>) {
        let Statement::ImportDeclaration(import) = statement else { return };
        let from = beside(path, import.source.value.as_str());
        for specifier in import.specifiers.iter().flatten() {
            let local = specifier.local().name.to_string();
            let name = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(s) => Some(s.imported.name().to_string()),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => Some("default".to_owned()),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => None,
            };
            match (&from, name) {
                (Some(from), Some(name)) => self.imported.insert(local, format!("import(\"{from}\").{name}")),
                _ => {
                    self.hidden.insert(local);
                    None
                }
            };
        }
    }
}

/// A relative specifier of the file `path`, written for a directory of the project's root; `None` for what is no TypeScript of the project.
fn beside(path: &str, specifier: &str) -> Option<String> {
    let is_script = !specifier.rsplit('/').next()?.trim_start_matches('.').contains('.') || specifier.ends_with(".ts") || specifier.ends_with(".js");
    if !specifier.starts_with("./") && !specifier.starts_with("../") || !is_script || path.starts_with('/') || specifier.contains(['"', '\\']) {
        return None;
    }
    let mut segments: Vec<&str> = path.split('/').collect();
    segments.pop();
    for segment in specifier.split('/') {
        match segment {
            "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    let joined = segments.join("/");
    // A declaration names the file that comes of it.
    Some(format!("../{}", joined.strip_suffix(".ts").map_or(joined.clone(), |stem| format!("{stem}.js"))))
}

/// A declaration of a type.
enum Declared<'b, 'a> {
    Interface(&'b TSInterfaceDeclaration<'a>),
    Alias(&'b TSTypeAliasDeclaration<'a>),
}

fn declared_type<'b, 'a>(statement: &'b Statement<'a>) -> Option<Declared<'b, 'a>> {
    match statement {
        Statement::TSInterfaceDeclaration(i) => Some(Declared::Interface(i)),
        Statement::TSTypeAliasDeclaration(t) => Some(Declared::Alias(t)),
        Statement::ExportDeclaration(e) => match &e.declaration {
            Declaration::TSInterfaceDeclaration(i) => Some(Declared::Interface(i)),
            Declaration::TSTypeAliasDeclaration(t) => Some(Declared::Alias(t)),
            _ => None,
        },
        _ => None,
    }
}

impl<'b, 'a> Declared<'b, 'a> {
    fn name(&self) -> &'b str {
        match self {
            Declared::Interface(i) => i.id.name.as_str(),
            Declared::Alias(t) => t.id.name.as_str(),
        }
    }

    /// Its text, as what it names means elsewhere.
    fn printed(&self, parsed: &Parsed<'_>, names: &Names) -> String {
        let mut copy = Copy::of(names);
        let (keyword, start, end, parameters) = match self {
            Declared::Interface(i) => {
                copy.visit_ts_interface_declaration(i);
                ("interface", i.id.span.start, i.span.end, &i.type_parameters)
            }
            Declared::Alias(t) => {
                copy.visit_ts_type_alias_declaration(t);
                ("type", t.id.span.start, t.type_annotation.span().end, &t.type_parameters)
            }
        };
        if copy.is_broken {
            // What uses it may give it arguments.
            let parameters: Vec<String> = parameters.iter().flat_map(|p| &p.params).map(|p| format!("{} = any", p.name.name)).collect();
            let parameters = if parameters.is_empty() { String::new() } else { format!("<{}>", parameters.join(", ")) };
            return format!("type {}{parameters} = any;", self.name());
        }
        let text = copy.text(&parsed.unit.text, start, end);
        if keyword == "type" { format!("{keyword} {text};") } else { format!("{keyword} {text}") }
    }
}

/// A name that is a type because it is a value.
fn class_or_enum<'b, 'a>(statement: &'b Statement<'a>) -> Option<&'b BindingIdentifier<'a>> {
    match statement {
        Statement::ClassDeclaration(c) => c.id.as_ref(),
        Statement::TSEnumDeclaration(e) => Some(&e.id),
        Statement::ExportDeclaration(e) => match &e.declaration {
            Declaration::ClassDeclaration(c) => c.id.as_ref(),
            Declaration::TSEnumDeclaration(e) => Some(&e.id),
            _ => None,
        },
        _ => None,
    }
}

/// What a function says of itself.
struct Annotated<'b, 'a> {
    data: Option<&'b TSTypeAnnotation<'a>>,
    returns: Option<&'b TSTypeAnnotation<'a>>,
}

/// The functions that a statement at the top level declares.
fn functions<'b, 'a>(statement: &'b Statement<'a>) -> Vec<(&'b str, Annotated<'b, 'a>)> {
    let data = |params: &'b FormalParameters<'a>| params.items.first().and_then(|first| first.type_annotation.as_deref());
    if let Some(f) = declared_function(statement) {
        return f.id.iter().map(|id| (id.name.as_str(), Annotated { data: data(&f.params), returns: f.return_type.as_deref() })).collect();
    }
    let declaration = match statement {
        Statement::VariableDeclaration(d) => d,
        Statement::ExportDeclaration(e) => match &e.declaration {
            Declaration::VariableDeclaration(d) => d,
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let function = |d: &'b VariableDeclarator<'a>| {
        let name = d.id.get_binding_identifier()?.name.as_str();
        let annotated = match d.init.as_ref().map(Expression::get_inner_expression)? {
            Expression::ArrowFunctionExpression(f) => Annotated { data: data(&f.params), returns: f.return_type.as_deref() },
            Expression::FunctionExpression(f) => Annotated { data: data(&f.params), returns: f.return_type.as_deref() },
            _ => return None,
        };
        Some((name, annotated))
    };
    declaration.declarations.iter().filter_map(function).collect()
}

/// Finds what has to be written in another way where a type is copied.
struct Copy<'n> {
    names: &'n Names,
    /// Type parameters that the copied text declares itself.
    parameters: HashSet<String>,
    /// Places and what stands there instead; by their starts, which do not lie in each other.
    edits: BTreeMap<u32, (u32, String)>,
    /// It holds what cannot be written elsewhere in any way.
    is_broken: bool,
}

impl<'n> Copy<'n> {
    fn of(names: &'n Names) -> Copy<'n> {
        Copy { names, parameters: HashSet::new(), edits: BTreeMap::new(), is_broken: false }
    }

    /// What stands for a name: itself (an empty text), an import, or nothing.
    fn meaning(&self, name: &TSTypeName<'_>) -> Option<&'n str> {
        let TSTypeName::IdentifierReference(id) = name else { return None };
        let name = id.name.as_str();
        if self.parameters.contains(name) {
            return Some("");
        }
        match (self.names.own.get(name), self.names.imported.get(name)) {
            (Some(block), _) => block.map(|_| ""),
            (None, Some(import)) => Some(import),
            (None, None) => (!self.names.hidden.contains(name) && KNOWN.binary_search(&name).is_ok()).then_some(""),
        }
    }

    fn unknown(&mut self, span: oxc_span::Span) {
        self.edits.insert(span.start, (span.end, "any".to_owned()));
    }

    fn text(&self, source: &str, start: u32, end: u32) -> String {
        let (mut out, mut at) = (String::new(), start);
        for (from, (to, instead)) in &self.edits {
            // Every character counts: type arguments of an unknown name are part of it.
            if *from >= at {
                out += &source[at as usize..*from as usize];
                out += instead;
                at = *to;
            }
        }
        out + &source[at as usize..end as usize]
    }
}

impl<'a> Visit<'a> for Copy<'_> {
    fn visit_ts_type_reference(&mut self, it: &TSTypeReference<'a>) {
        match self.meaning(&it.type_name) {
            None => return self.unknown(it.span),
            Some("") => {}
            Some(import) => {
                let name = it.type_name.span();
                self.edits.insert(name.start, (name.end, import.to_owned()));
            }
        }
        if let Some(arguments) = &it.type_arguments {
            self.visit_ts_type_parameter_instantiation(arguments);
        }
    }

    fn visit_ts_interface_heritage(&mut self, it: &TSInterfaceHeritage<'a>) {
        // An interface extends names only.
        self.is_broken |= self.meaning(&it.type_name) != Some("");
        if let Some(arguments) = &it.type_arguments {
            self.visit_ts_type_parameter_instantiation(arguments);
        }
    }

    fn visit_ts_type_query(&mut self, it: &TSTypeQuery<'a>) {
        self.unknown(it.span);
    }

    fn visit_ts_import_type(&mut self, it: &TSImportType<'a>) {
        self.unknown(it.span);
    }

    fn visit_ts_property_signature(&mut self, it: &TSPropertySignature<'a>) {
        self.is_broken |= it.computed;
        walk::walk_ts_property_signature(self, it);
    }

    fn visit_ts_method_signature(&mut self, it: &TSMethodSignature<'a>) {
        self.is_broken |= it.computed;
        walk::walk_ts_method_signature(self, it);
    }

    fn visit_ts_type_parameter(&mut self, it: &TSTypeParameter<'a>) {
        self.parameters.insert(it.name.name.to_string());
        walk::walk_ts_type_parameter(self, it);
    }

    fn visit_ts_mapped_type(&mut self, it: &TSMappedType<'a>) {
        self.parameters.insert(it.key.name.to_string());
        walk::walk_ts_mapped_type(self, it);
    }
}

/// Types that every program has.
const KNOWN: &[&str] = &[
    "Array", "ArrayBuffer", "AsyncGenerator", "AsyncIterable", "Awaited", "Blob", "Capitalize", "Date", "Error", "Exclude", "Extract", "File", "FormData", "Iterable",
    "Lowercase", "Map", "NonNullable", "Omit", "Partial", "Pick", "Promise", "PromiseLike", "Readonly", "ReadonlyArray", "ReadonlyMap", "ReadonlySet", "Record",
    "RegExp", "Required", "Set", "Uint8Array", "Uncapitalize", "Uppercase",
];
