//! Names that outlive every program, and what the functions of a module share while they are assembled.

use super::layout::Layout;
use crate::closure;
use crate::image::{FunctionId, ModuleIndex, Place, Read, TextData, TextId};
use puremix_diag::{FileId, SourceFile, SourceMap, Span};
use puremix_ir::*;
use puremix_value::{Atom, FnDef, FnKind, LateNames};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// Property names with their atoms, function definitions, and the numbers of modules. They must live as long as the process, since isolates
/// hold them as static data; equal ones are made once, so that a day of edits needs no more than its distinct names.
pub struct Names {
    shared: &'static LateNames,
    atoms: HashMap<&'static str, Atom>,
    texts: HashSet<&'static str>,
    definitions: HashMap<(&'static str, u32, FnKind), &'static FnDef>,
    modules: HashMap<&'static str, ModuleIndex>,
}

impl Default for Names {
    fn default() -> Names {
        Names { shared: Box::leak(Box::default()), atoms: HashMap::new(), texts: HashSet::new(), definitions: HashMap::new(), modules: HashMap::new() }
    }
}

impl Names {
    /// For isolates that get code later which is assembled with these names.
    pub fn shared(&self) -> &'static LateNames {
        self.shared
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
        if let Some(atom) = self.atoms.get(name) {
            return *atom;
        }
        let atom = self.shared.atom(name);
        let name = self.text(name);
        self.atoms.insert(name, atom);
        atom
    }

    pub fn definition(&mut self, name: &str, length: u32, kind: FnKind) -> &'static FnDef {
        let name = self.text(name);
        let make = || FnDef::new(name, length, closure::enter, kind).with_found_source(closure::source);
        self.definitions.entry((name, length, kind)).or_insert_with(|| Box::leak(Box::new(make())))
    }

    /// The number of the module at a path, in every edition.
    pub fn module(&mut self, path: &str) -> ModuleIndex {
        let next = ModuleIndex(self.modules.len() as u32);
        let path = self.text(path);
        *self.modules.entry(path).or_insert(next)
    }

    /// How many modules have numbers.
    pub fn modules(&self) -> usize {
        self.modules.len()
    }
}

/// What the functions of one module share while they are assembled.
pub(super) struct Tables<'a> {
    pub program: &'a Program,
    pub layout: &'a Layout,
    module: ModuleId,
    sources: &'a SourceMap,
    names: &'a mut Names,
    pub texts: Vec<TextData>,
    text_of: HashMap<String, TextId>,
    pub places: Vec<Place>,
    place_of: HashMap<(u32, u32, String), u32>,
    pub files: Vec<Arc<SourceFile>>,
    file_of: HashMap<FileId, u32>,
}

impl<'a> Tables<'a> {
    pub fn new(program: &'a Program, layout: &'a Layout, module: ModuleId, sources: &'a SourceMap, names: &'a mut Names) -> Tables<'a> {
        Tables {
            program,
            layout,
            module,
            sources,
            names,
            texts: Vec::new(),
            text_of: HashMap::new(),
            places: vec![Place::default()],
            place_of: HashMap::new(),
            files: Vec::new(),
            file_of: HashMap::new(),
        }
    }

    pub fn atom(&mut self, name: &str) -> Atom {
        self.names.atom(name)
    }

    pub fn definition(&mut self, name: &str, length: u32, kind: FnKind) -> &'static FnDef {
        self.names.definition(name, length, kind)
    }

    /// Where a function's text is, if it has one.
    pub fn source(&mut self, span: Span) -> Option<(u32, Range<usize>)> {
        (span.start < span.end).then(|| (self.file(span.file), span.start as usize..span.end as usize))
    }

    /// The index of a file in the image.
    fn file(&mut self, file: FileId) -> u32 {
        *self.file_of.entry(file).or_insert_with(|| {
            self.files.push(self.sources.shared(file));
            self.files.len() as u32 - 1
        })
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

    /// The index in the image of a place whose messages name `expression`.
    pub fn place(&mut self, span: Span, expression: &str) -> u32 {
        let next = self.places.len() as u32;
        let place = *self.place_of.entry((span.file.0, span.start, expression.to_owned())).or_insert(next);
        if place == next {
            let at = self.sources.file(span.file).line_column(span.start);
            let file = self.file(span.file);
            self.places.push(Place { file, line: at.line, column: at.column, expression: expression.into() });
        }
        place
    }

    pub fn number(&self, module: ModuleId) -> ModuleIndex {
        self.layout.of(module).number
    }

    pub fn global(&self, module: ModuleId, global: GlobalId) -> u32 {
        self.layout.of(module).first_slot + global.0
    }

    pub fn read_global(&mut self, owner: ModuleId, global: GlobalId) -> Read {
        let g = self.program.module(owner).global(global);
        if let (true, true, Some(function)) = (g.checked, g.hoisted, g.function) {
            return Read::Function { slot: self.global(owner, global), module: self.number(owner), function: FunctionId(function.0) };
        }
        let checked = g.checked.then(|| self.utf8(&g.name));
        Read::Global { slot: self.global(owner, global), checked }
    }

    /// How the imports of `from` are read; they may be those of another module, for names that it exports again.
    pub fn read_import(&mut self, from: ModuleId, import: ImportId) -> Read {
        let module = self.program.module(from);
        let import = &module.imports[import.index()];
        let exports = self.read_target(from, import);
        match startup::required(module, import) {
            Some(owner) => Read::Required { module: self.number(owner), exports: Box::new(exports) },
            None => exports,
        }
    }

    fn read_target(&mut self, from: ModuleId, import: &Import) -> Read {
        match &import.target {
            ImportTarget::Global(owner, global) => self.read_global(*owner, *global),
            ImportTarget::Namespace(owner) => Read::Namespace(self.number(*owner)),
            ImportTarget::Native(name, member) => {
                let slot = self.layout.native_slot(self.program, from, name);
                let member = member.as_ref().map(|m| self.atom(m));
                Read::Native { slot, name: self.utf8(name), member }
            }
            ImportTarget::Component(_) => Read::Undefined,
            ImportTarget::Unresolved | ImportTarget::Missing => Read::Missing(self.utf8(&import.local_name)),
        }
    }

    pub fn own_import(&mut self, import: ImportId) -> Read {
        self.read_import(self.module, import)
    }
}
