//! What development remembers of the last program without errors, so that a save costs the modules that it changes.

use puremix_diag::{Diagnostic, FileId};
use puremix_ir::{Module, ModuleId, Program, Shared};
use std::collections::HashSet;

/// The last program before and after linking.
#[derive(Default)]
pub struct Linked {
    /// By module: as the front end and the resolution of requests left it.
    inputs: Vec<Shared<Module>>,
    /// What others depend on, see [`puremix_middle::interface`].
    interfaces: Vec<u64>,
    /// As the program runs.
    outputs: Vec<Shared<Module>>,
    /// What linking and checking have found.
    findings: Vec<Diagnostic>,
}

/// A program about to be linked.
pub struct Part {
    /// The modules that must be.
    pub modules: Vec<ModuleId>,
    inputs: Vec<Shared<Module>>,
    interfaces: Vec<u64>,
    /// Whether the others are those of the last program.
    is_rest_linked: bool,
}

impl Linked {
    /// Takes the modules that are as they were from the last program. When what modules know of each other has changed, all are linked anew.
    pub fn reuse(&self, program: &mut Program) -> Part {
        let inputs = program.modules.clone();
        let is_known = |index: usize| self.inputs.get(index).is_some_and(|known| known.is_same(&inputs[index]));
        let interface = |index: usize| if is_known(index) { self.interfaces[index] } else { puremix_middle::interface(&inputs[index]) };
        let interfaces: Vec<u64> = (0..inputs.len()).map(interface).collect();
        let is_rest_linked = interfaces == self.interfaces;
        let mut modules = program.ids();
        if is_rest_linked {
            modules.retain(|id| !is_known(id.index()));
            for index in (0..inputs.len()).filter(|index| is_known(*index)) {
                program.modules[index] = self.outputs[index].clone();
            }
        }
        Part { modules, inputs, interfaces, is_rest_linked }
    }

    /// What was found in the modules that were not looked at again.
    pub fn findings(&self, part: &Part) -> Vec<Diagnostic> {
        let looked_at: HashSet<FileId> = part.modules.iter().map(|id| part.inputs[id.index()].file).collect();
        let is_kept = |d: &&Diagnostic| part.is_rest_linked && d.file().is_some_and(|file| !looked_at.contains(&file));
        self.findings.iter().filter(is_kept).cloned().collect()
    }

    /// Remembers a program without errors.
    pub fn keep(&mut self, part: Part, program: &Program, findings: Vec<Diagnostic>) {
        *self = Linked { inputs: part.inputs, interfaces: part.interfaces, outputs: program.modules.clone(), findings };
    }

    /// Whether the module has been here as it is.
    pub fn knows(&self, index: usize, module: &Shared<Module>) -> bool {
        self.inputs.get(index).is_some_and(|known| known.is_same(module))
    }
}
