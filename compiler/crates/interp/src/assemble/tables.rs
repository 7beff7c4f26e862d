//! What the functions of a program share while they are assembled.

use crate::image::{FunctionId, ModuleIndex, Read, TextData, TextId};
use puremix_diag::{SourceMap, Span};
use puremix_ir::*;
use puremix_value::{Atom, FnDef, FnKind, well_known};
use std::collections::{HashMap, HashSet};

/// Property names with their atoms, and function definitions. Both must live as long as the process, since isolates hold them as static
/// data; equal ones are made once, so that a day of edits needs no more than its distinct names.
#[derive(Default)]
pub struct Names {
    /// The program's own names; the atom of `own[i]` is `well_known::COUNT + i`.
    own: Vec<&'static str>,
    atoms: HashMap<&'static str, Atom>,
    texts: HashSet<&'static str>,
    definitions: HashMap<(&'static str, u32, FnKind), &'static FnDef>,
}

impl Names {
    pub fn own(&self) -> &[&'static str] {
        &self.own
    }

    /// The same text for as long as the process lives.
    pub fn text(&mut self, text: &str) -> &'static str {
        if let Some(known) = self.texts.get(text) {
            return known;
        }
        let leaked: &'static str = Box::leak(text.into());
        self.texts.insert(leaked);
        leaked
    }

    pub fn atom(&mut self, name: &str) -> Atom {
        if self.atoms.is_empty() {
            self.atoms.extend(well_known::NAMES.iter().enumerate().map(|(i, lit)| (lit.text(), Atom(i as u32))));
        }
        if let Some(atom) = self.atoms.get(name) {
            return *atom;
        }
        let name = self.text(name);
        let atom = Atom(well_known::COUNT + self.own.len() as u32);
        self.own.push(name);
        self.atoms.insert(name, atom);
        atom
    }

    pub fn definition(&mut self, name: &str, length: u32, kind: FnKind) -> &'static FnDef {
        let name = self.text(name);
        self.definitions
            .entry((name, length, kind))
            .or_insert_with(|| Box::leak(Box::new(FnDef::new(name, length, crate::closure::enter, kind))))
    }
}

pub(super) struct Tables<'a> {
    pub program: &'a Program,
    sources: &'a SourceMap,
    names: &'a mut Names,
    pub texts: Vec<TextData>,
    text_of: HashMap<String, TextId>,
    pub places: Vec<(u32, u32, u32)>,
    place_of: HashMap<(u32, u32), u32>,
    pub files: Vec<String>,
    pub function_base: Vec<u32>,
    pub global_base: Vec<u32>,
    pub globals: u32,
    /// Modules that run when they are first imported, and the slot of the promise of their run.
    lazy: HashMap<ModuleId, u32>,
    natives: HashMap<String, u32>,
    namespaces: HashMap<u32, u32>,
}

impl<'a> Tables<'a> {
    pub fn new(program: &'a Program, sources: &'a SourceMap, names: &'a mut Names) -> Tables<'a> {
        let (mut functions, mut globals) = (0, 0);
        let (mut function_base, mut global_base) = (Vec::new(), Vec::new());
        for module in &program.modules {
            function_base.push(functions);
            global_base.push(globals);
            functions += module.functions.len() as u32;
            globals += module.globals.len() as u32;
        }
        let lazy: HashMap<ModuleId, u32> = lazy_modules(program).into_iter().zip(globals..).collect();
        Tables {
            program,
            sources,
            names,
            texts: Vec::new(),
            text_of: HashMap::new(),
            places: vec![(0, 0, 0)],
            place_of: HashMap::new(),
            files: sources.files().map(|(_, file)| file.path.clone()).collect(),
            function_base,
            global_base,
            globals: globals + lazy.len() as u32,
            lazy,
            natives: HashMap::new(),
            namespaces: HashMap::new(),
        }
    }

    pub fn atom(&mut self, name: &str) -> Atom {
        self.names.atom(name)
    }

    pub fn definition(&mut self, name: &str, length: u32, kind: FnKind) -> &'static FnDef {
        self.names.definition(name, length, kind)
    }

    pub fn utf8(&mut self, text: &str) -> TextId {
        if let Some(id) = self.text_of.get(text) {
            return *id;
        }
        let id = TextId(self.texts.len() as u32);
        self.texts.push(TextData::Utf8(text.into()));
        self.text_of.insert(text.to_owned(), id);
        id
    }

    pub fn text(&mut self, text: &Text) -> TextId {
        match text {
            Text::Utf8(text) => self.utf8(text),
            Text::Wide(units) => {
                self.texts.push(TextData::Wide((**units).into()));
                TextId(self.texts.len() as u32 - 1)
            }
        }
    }

    pub fn place(&mut self, span: Span) -> u32 {
        let next = self.places.len() as u32;
        let place = *self.place_of.entry((span.file.0, span.start)).or_insert(next);
        if place == next {
            let at = self.sources.file(span.file).line_column(span.start);
            self.places.push((span.file.0, at.line, at.column));
        }
        place
    }

    pub fn function(&self, module: ModuleId, function: FnId) -> FunctionId {
        FunctionId(self.function_base[module.index()] + function.0)
    }

    pub fn global(&self, module: ModuleId, global: GlobalId) -> u32 {
        self.global_base[module.index()] + global.0
    }

    pub fn is_lazy(&self, module: ModuleId) -> bool {
        self.lazy.contains_key(&module)
    }

    /// What runs when the module is imported dynamically for the first time: itself after the modules it needs.
    pub fn lazy_rows(&self, id: ModuleId) -> Vec<(u32, FunctionId)> {
        if !self.is_lazy(id) {
            return Vec::new();
        }
        let needed = static_closure(self.program, &[id]);
        let row = |m: &ModuleId| Some((*self.lazy.get(m)?, self.function(*m, self.program.module(*m).init)));
        self.program.order.iter().filter(|m| needed.contains(m)).filter_map(row).collect()
    }

    fn slot(&mut self) -> u32 {
        self.globals += 1;
        self.globals - 1
    }

    pub fn namespace_slot(&mut self, module: ModuleIndex) -> u32 {
        if let Some(slot) = self.namespaces.get(&module.0) {
            return *slot;
        }
        let slot = self.slot();
        self.namespaces.insert(module.0, slot);
        slot
    }

    pub fn read_global(&mut self, owner: ModuleId, global: GlobalId) -> Read {
        let g = self.program.module(owner).global(global);
        let checked = g.checked.then(|| self.utf8(&g.name));
        Read::Global { slot: self.global(owner, global), checked }
    }

    pub fn read_import(&mut self, from: ModuleId, import: ImportId) -> Read {
        let import = &self.program.module(from).imports[import.index()];
        match &import.target {
            ImportTarget::Global(owner, global) => self.read_global(*owner, *global),
            ImportTarget::Namespace(owner) => Read::Namespace(ModuleIndex(owner.0)),
            ImportTarget::Native(name, member) => {
                let slot = match self.natives.get(&**name) {
                    Some(slot) => *slot,
                    None => {
                        let slot = self.slot();
                        self.natives.insert(name.to_string(), slot);
                        slot
                    }
                };
                let member = member.as_ref().map(|m| self.atom(m));
                Read::Native { slot, name: self.utf8(name), member }
            }
            ImportTarget::Component(_) => Read::Undefined,
            ImportTarget::Unresolved | ImportTarget::Missing => Read::Missing(self.utf8(&import.local_name)),
        }
    }
}

/// Modules that run because these do.
fn static_closure(program: &Program, roots: &[ModuleId]) -> HashSet<ModuleId> {
    let mut seen = HashSet::new();
    let mut work = roots.to_vec();
    while let Some(id) = work.pop() {
        if seen.insert(id) {
            let requests = program.module(id).requests.iter().filter(|r| r.kind != RequestKind::Dynamic);
            work.extend(requests.filter_map(|r| match r.target {
                Target::Module(m) | Target::Component(m) => Some(m),
                Target::Unresolved | Target::Native(_) => None,
            }));
        }
    }
    seen
}

/// Modules that are imported dynamically and by nothing that runs at the start.
fn lazy_modules(program: &Program) -> Vec<ModuleId> {
    let app = &program.app;
    let mut roots: Vec<ModuleId> = app.routes.iter().map(|r| r.module).collect();
    roots.extend(app.routes.iter().filter_map(|r| if let app::RouteKind::Page { layout } = r.kind { layout } else { None }));
    roots.extend([app.config, app.not_found, app.server_error].into_iter().flatten());
    let mut asked = HashSet::new();
    for request in program.modules.iter().flat_map(|m| &m.requests) {
        if let Target::Module(m) | Target::Component(m) = request.target {
            asked.insert(m);
        }
    }
    roots.extend(program.order.iter().filter(|id| !asked.contains(id)));
    // Of modules that ask for each other and for which nobody asks, the first in order was the entry.
    if roots.is_empty() {
        roots.extend(program.order.last());
    }
    let eager = static_closure(program, &roots);
    program.order.iter().copied().filter(|id| !eager.contains(id)).collect()
}
