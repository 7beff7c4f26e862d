//! IR to image: a function at a time, registers for variables and temporaries, jumps for control flow.

mod call;
mod class;
mod control;
mod expr;
mod facts;
mod function;
mod literal;
mod place;
mod stmt;
mod tables;
mod template;

pub use tables::Names;

use crate::image::{FunctionId, Image, ModuleImage, ModuleIndex, Read};
use puremix_diag::SourceMap;
use puremix_ir::*;
use tables::Tables;

/// What the app table needs beside the image.
pub struct Assembled {
    pub image: Image,
    /// Number of the isolate's slots for module variables, native modules and namespaces.
    pub globals: u32,
    /// For each module of the program, its first function.
    pub function_base: Vec<u32>,
    /// For each module of the program, its first slot.
    pub global_base: Vec<u32>,
    /// Modules that run at the start, in order.
    pub order: Vec<ModuleId>,
    /// For each module its imports.
    pub imports: Vec<Vec<Read>>,
}

impl Assembled {
    pub fn function(&self, module: ModuleId, function: FnId) -> FunctionId {
        FunctionId(self.function_base[module.index()] + function.0)
    }

    pub fn global(&self, module: ModuleId, global: GlobalId) -> u32 {
        self.global_base[module.index()] + global.0
    }
}

/// Assembles the program. Names it uses are added to `names`.
pub fn assemble(program: &Program, sources: &SourceMap, names: &mut Names) -> Assembled {
    let mut tables = Tables::new(program, sources, names);
    let mut functions = Vec::new();
    for (index, module) in program.modules.iter().enumerate() {
        let facts = facts::of_module(module);
        for f in 0..module.functions.len() {
            functions.push(function::assemble_function(&mut tables, &facts, ModuleId::from(index), f.into()));
        }
    }
    let modules = (0..program.modules.len()).map(|index| module_image(&mut tables, index.into())).collect();
    let order = program.order.iter().copied().filter(|id| !tables.is_lazy(*id)).collect();
    let imports = (0..program.modules.len()).map(|index| all_imports(&mut tables, index.into())).collect();
    let Tables { texts, places, files, function_base, global_base, globals, .. } = tables;
    Assembled { image: Image { functions, texts, modules, places, files }, globals, function_base, global_base, order, imports }
}

fn all_imports(tables: &mut Tables<'_>, id: ModuleId) -> Vec<Read> {
    (0..tables.program.module(id).imports.len()).map(|index| tables.read_import(id, index.into())).collect()
}

fn module_image(tables: &mut Tables<'_>, id: ModuleId) -> ModuleImage {
    let mut exports = Vec::new();
    collect_exports(tables.program, id, &mut exports, &mut vec![id], true);
    let exports = exports
        .into_iter()
        .map(|(name, owner, export)| {
            let read = match export {
                Export::Global { global, .. } => tables.read_global(owner, *global),
                Export::Import { import, .. } => tables.read_import(owner, *import),
                Export::All { .. } => unreachable!("`collect_exports` follows them"),
            };
            (tables.atom(&name), read)
        })
        .collect();
    let lazy = tables.lazy_rows(id);
    ModuleImage { exports, namespace_slot: tables.namespace_slot(ModuleIndex(id.0)), lazy }
}

fn collect_exports<'p>(program: &'p Program, id: ModuleId, out: &mut Vec<(Name, ModuleId, &'p Export)>, seen: &mut Vec<ModuleId>, own: bool) {
    let m = program.module(id);
    for export in &m.exports {
        if let Export::Global { name, .. } | Export::Import { name, .. } = export {
            // `export *` leaves the default out, and what the module itself exports wins.
            let hidden = !own && &**name == "default" || out.iter().any(|(n, ..)| n == name);
            if !hidden {
                out.push((name.clone(), id, export));
            }
        }
    }
    for export in &m.exports {
        if let Export::All { request, .. } = export
            && let Target::Module(from) = m.requests[*request].target
            && !seen.contains(&from)
        {
            seen.push(from);
            collect_exports(program, from, out, seen, false);
        }
    }
}
