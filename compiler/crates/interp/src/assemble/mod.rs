//! IR to image: a function at a time, registers for variables and temporaries, jumps for control flow.

mod call;
mod class;
mod control;
mod expr;
mod facts;
mod function;
mod layout;
mod literal;
mod place;
mod stmt;
mod tables;
mod template;

pub use tables::Names;

use crate::image::{Entries, FunctionId, Image, Read};
use crate::space::Space;
use layout::{Layout, State};
use puremix_diag::SourceMap;
use puremix_ir::app::{HandlerRef, RouteKind};
use puremix_ir::*;
use std::sync::Arc;
use tables::Tables;

/// Assembles the modules that are not as in `known`, and answers the images of all, by [`ModuleId`]. `contents` has a number for each
/// module that is another when its text is. Names that are used are added to `names`.
pub fn assemble(program: &Program, contents: &[u64], sources: &SourceMap, names: &mut Names, space: &Space, known: &[Option<Arc<Image>>]) -> Vec<Arc<Image>> {
    let mut layout = Layout::new(program, contents, names, space, known);
    let image = |index: usize| {
        let id = ModuleId::from(index);
        match layout.take_lease(id) {
            Some(lease) => Arc::new(assemble_module(program, &layout, id, sources, names, lease)),
            None => match &layout.of(id).state {
                State::Same(image) => image.clone(),
                State::New(_) => unreachable!("a lease is taken once"),
            },
        }
    };
    (0..program.modules.len()).map(image).collect()
}

/// Modules that run at the start, in order.
pub fn order(program: &Program) -> Vec<ModuleId> {
    let lazy = startup::lazy_modules(program);
    program.order.iter().copied().filter(|id| !lazy.contains(id)).collect()
}

fn assemble_module(program: &Program, layout: &Layout, id: ModuleId, sources: &SourceMap, names: &mut Names, mut lease: crate::space::Lease) -> Image {
    let m = program.module(id);
    let path = names.text(&m.path);
    let mut tables = Tables::new(program, layout, id, sources, names);
    let facts = facts::of_module(m);
    let mut functions: Vec<_> = (0..m.functions.len()).map(|f| function::assemble_function(&mut tables, &facts, id, f.into())).collect();
    let exports = exports(&mut tables, id);
    let entries = entries(&mut tables, id);
    let Tables { texts, places, files, .. } = tables;
    lease.take_sites(places.len() as u32);
    for place in functions.iter_mut().flat_map(|function| &mut function.places) {
        *place = lease.site(*place);
    }
    let home = layout.of(id);
    let lazy = if home.is_asked_for { layout::asked_for_before(program, id) } else { Vec::new() };
    Image {
        module: home.number,
        path,
        stamp: home.stamp,
        functions,
        texts,
        places,
        files,
        exports,
        namespace_slot: layout.namespace_slot(program, id),
        promise_slot: layout.promise_slot(program, id),
        lazy: lazy.into_iter().map(|m| layout.of(m).number).collect(),
        entries,
        lease,
    }
}

fn exports(tables: &mut Tables<'_>, id: ModuleId) -> Vec<(puremix_value::Atom, Read)> {
    let exports = tables.program.exports_of(id);
    exports
        .into_iter()
        .map(|(name, owner, export)| {
            let read = match export {
                Export::Global { global, .. } => tables.read_global(owner, *global),
                Export::Import { import, .. } => tables.read_import(owner, *import),
                Export::All { .. } => unreachable!("`exports_of` follows them"),
            };
            (tables.atom(&name), read)
        })
        .collect()
}

fn entries(tables: &mut Tables<'_>, id: ModuleId) -> Entries {
    let m = tables.program.module(id);
    let function = |f: FnId| FunctionId(f.0);
    let mut entries = Entries { init: Some(function(m.init)), ..Entries::default() };
    if let Some(page) = &m.page {
        entries.render = page.render.map(function);
        entries.head = page.head.map(function);
        entries.loaders = page.loaders.iter().map(|loader| function(loader.function)).collect();
        entries.actions = page.actions.iter().map(|action| function(action.function)).collect();
    }
    // The server asks for them when the module has run.
    let read = |tables: &mut Tables<'_>, handler: &HandlerRef| match handler {
        HandlerRef::Global(global) => Read::Global { slot: tables.global(id, *global), checked: None },
        HandlerRef::Import(import) => tables.own_import(*import),
    };
    if let Some(middleware) = tables.program.app.middleware.as_ref().filter(|m| m.module == id) {
        entries.middleware = Some(read(tables, &middleware.handler));
    }
    for route in tables.program.app.routes.iter().filter(|route| route.module == id) {
        match &route.kind {
            RouteKind::Page { .. } => {}
            RouteKind::Handler(f) => entries.handler = Some(function(*f)),
            RouteKind::Api(handlers) => {
                entries.api = handlers.iter().map(|api| read(tables, &api.handler)).collect();
            }
        }
    }
    entries
}
