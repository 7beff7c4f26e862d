//! Where the modules of a program keep what they remember, and which of them are the same as before.

use super::tables::Names;
use crate::image::{Image, ModuleIndex};
use crate::space::{Lease, Space};
use puremix_ir::*;
use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// A module's place among the isolate's slots: its variables, its namespace object, the promise of its run, its native modules.
pub(super) struct Home {
    pub number: ModuleIndex,
    pub stamp: u64,
    pub first_slot: u32,
    /// A call may ask for it: it must be remembered whether it has started.
    pub is_asked_for: bool,
    /// The image that can stay, or the numbers of a new one.
    pub state: State,
}

pub(super) enum State {
    Same(Arc<Image>),
    New(Option<Lease>),
}

pub(super) struct Layout(Vec<Home>);

impl Layout {
    /// `contents` tells modules apart whose text or use differs; `known` are the images that may be used again, by number.
    pub fn new(program: &Program, contents: &[u64], names: &mut Names, space: &Space, known: &[Option<Arc<Image>>]) -> Layout {
        let numbers: Vec<ModuleIndex> = program.modules.iter().map(|m| names.module(&m.path)).collect();
        let asked: HashSet<ModuleId> = startup::modules_asked_for(program).into_iter().collect();
        let own: Vec<u64> = (0..numbers.len()).map(|index| own_stamp(program, index.into(), contents, &numbers, &asked)).collect();
        let home = |index: usize| {
            let id = ModuleId::from(index);
            let number = numbers[index];
            let stamp = stamp(program, id, &own);
            let state = match known.get(number.0 as usize).cloned().flatten().filter(|image| image.stamp == stamp) {
                Some(image) => State::Same(image),
                None => State::New(Some(space.lease(slots(program.module(id))))),
            };
            let first_slot = match &state {
                State::Same(image) => image.lease.first_slot,
                State::New(lease) => lease.as_ref().map_or(0, |lease| lease.first_slot),
            };
            Home { number, stamp, first_slot, is_asked_for: asked.contains(&id), state }
        };
        Layout((0..numbers.len()).map(home).collect())
    }

    pub fn of(&self, module: ModuleId) -> &Home {
        &self.0[module.index()]
    }

    pub fn take_lease(&mut self, module: ModuleId) -> Option<Lease> {
        match &mut self.0[module.index()].state {
            State::New(lease) => lease.take(),
            State::Same(_) => None,
        }
    }

    pub fn namespace_slot(&self, program: &Program, module: ModuleId) -> u32 {
        self.of(module).first_slot + program.module(module).globals.len() as u32
    }

    pub fn promise_slot(&self, program: &Program, module: ModuleId) -> Option<u32> {
        self.of(module).is_asked_for.then(|| self.namespace_slot(program, module) + 1)
    }

    /// Where a module remembers a native module that it imports.
    pub fn native_slot(&self, program: &Program, module: ModuleId, name: &str) -> u32 {
        let position = natives(program.module(module)).iter().position(|native| *native == name);
        let Some(position) = position else { unreachable!("`{name}` is among the module's imports") };
        self.namespace_slot(program, module) + 2 + position as u32
    }
}

fn natives(m: &Module) -> BTreeSet<&str> {
    m.imports
        .iter()
        .filter_map(|import| match &import.target {
            ImportTarget::Native(name, _) => Some(&**name),
            _ => None,
        })
        .collect()
}

fn slots(m: &Module) -> u32 {
    (m.globals.len() + 2 + natives(m).len()) as u32
}

/// What assembling the module depends on, apart from the modules that it imports.
fn own_stamp(program: &Program, id: ModuleId, contents: &[u64], numbers: &[ModuleIndex], asked: &HashSet<ModuleId>) -> u64 {
    let mut hasher = DefaultHasher::new();
    let m = program.module(id);
    (contents[id.index()], numbers[id.index()], asked.contains(&id)).hash(&mut hasher);
    for global in &m.globals {
        global.checked.hash(&mut hasher);
    }
    for request in &m.requests {
        match &request.target {
            Target::Unresolved => 0.hash(&mut hasher),
            Target::Module(to) => (1, numbers[to.index()], asked.contains(to)).hash(&mut hasher),
            Target::Native(name) => (2, name).hash(&mut hasher),
            Target::Component(to) => (3, numbers[to.index()]).hash(&mut hasher),
        }
    }
    for import in &m.imports {
        match &import.target {
            ImportTarget::Unresolved => 0.hash(&mut hasher),
            ImportTarget::Global(of, global) => (1, numbers[of.index()], global.0, program.module(*of).global(*global).checked).hash(&mut hasher),
            ImportTarget::Namespace(of) => (2, numbers[of.index()]).hash(&mut hasher),
            ImportTarget::Native(name, member) => (3, name, member).hash(&mut hasher),
            ImportTarget::Component(of) => (4, numbers[of.index()]).hash(&mut hasher),
            ImportTarget::Missing => 5.hash(&mut hasher),
        }
    }
    if asked.contains(&id) {
        for needed in asked_for_before(program, id) {
            numbers[needed.index()].hash(&mut hasher);
        }
    }
    // Which of its exports answer requests.
    for route in program.app.routes.iter().filter(|route| route.module == id) {
        std::mem::discriminant(&route.kind).hash(&mut hasher);
    }
    hasher.finish()
}

/// A module is as it was if it and all modules whose values it can have taken are. Components and layouts are looked up when a template
/// runs, and so are modules that are imported dynamically.
fn stamp(program: &Program, id: ModuleId, own: &[u64]) -> u64 {
    let mut seen = BTreeSet::new();
    let mut work = vec![id];
    while let Some(at) = work.pop() {
        if seen.insert(at) {
            let requests = program.module(at).requests.iter().filter(|r| r.kind != RequestKind::Dynamic);
            work.extend(requests.filter_map(|r| if let Target::Module(to) = r.target { Some(to) } else { None }));
        }
    }
    let mut stamps: Vec<u64> = seen.iter().filter(|m| **m != id).map(|m| own[m.index()]).collect();
    stamps.sort_unstable();
    let mut hasher = DefaultHasher::new();
    (own[id.index()], stamps).hash(&mut hasher);
    hasher.finish()
}

/// What runs when a call first asks for the module: itself after the modules it imports, as far as calls may ask for them.
pub(super) fn asked_for_before(program: &Program, id: ModuleId) -> Vec<ModuleId> {
    let needed = startup::static_closure(program, &[id]);
    startup::modules_asked_for(program).into_iter().filter(|m| needed.contains(m)).collect()
}
