//! Which server function a name in a page means: one near the page, or the only one of that name in the app.
//!
//! In: the app's modules, and which of them are pages. The server looks in the same order when it is called (`runtime/src/http/exchange/called.rs`).

use puremix_diag::Span;
use puremix_front_page::declared_in_script;
use puremix_ir::app::{NamedBy, PageTable};
use puremix_ir::{Module, ModuleId, Shared, Target};
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The functions of an app, by the files that have them.
pub struct Functions<'p> {
    modules: &'p [Shared<Module>],
    /// Modules of routes.
    pages: BTreeSet<ModuleId>,
    /// Those among them whose paths have no parameters: their functions can be called from other pages.
    fixed: BTreeSet<ModuleId>,
}

impl<'p> Functions<'p> {
    /// `pages` are the modules of routes; with each, whether its path is one without parameters.
    pub fn of(modules: &'p [Shared<Module>], pages: impl IntoIterator<Item = (ModuleId, bool)>) -> Functions<'p> {
        let (mut all, mut fixed) = (BTreeSet::new(), BTreeSet::new());
        for (page, is_fixed) in pages {
            all.insert(page);
            if is_fixed {
                fixed.insert(page);
            }
        }
        Functions { modules, pages: all, fixed }
    }

    pub fn is_page(&self, id: ModuleId) -> bool {
        self.pages.contains(&id)
    }

    pub fn can_be_called_from_elsewhere(&self, id: ModuleId) -> bool {
        self.fixed.contains(&id)
    }

    fn table(&self, id: ModuleId) -> Option<&'p PageTable> {
        self.modules[id.index()].page.as_ref()
    }

    /// Whether the file itself, a layout of it or a component in them has the function: where a call looks first.
    pub fn knows_near(&self, id: ModuleId, name: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![(id, true)];
        while let Some((id, is_document)) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            let module = &self.modules[id.index()];
            let Some(table) = &module.page else { continue };
            if table.actions.iter().any(|action| *action.name == *name || !is_document && is_named(module, &action.name, name)) {
                return true;
            }
            waiting.extend(table.layout_module.map(|layout| (layout, true)));
            waiting.extend(module.requests.iter().filter_map(|request| if let Target::Component(id) = request.target { Some((id, false)) } else { None }));
        }
        false
    }

    /// The pages that have a function of that name, and where.
    pub fn owners(&self, name: &str) -> Vec<(ModuleId, Span)> {
        self.pages.iter().filter_map(|page| Some((*page, self.table(*page)?.actions.iter().find(|action| *action.name == *name)?.span))).collect()
    }

    /// Whether a page, a layout or a component has a function that can be called by that name.
    pub fn is_anywhere(&self, name: &str) -> bool {
        self.modules.iter().any(|m| m.page.as_ref().is_some_and(|page| page.actions.iter().any(|a| is_named(m, &a.name, name) || *a.name == *name)))
    }

    /// The names of all functions.
    pub fn names(&self) -> Vec<&'p str> {
        self.modules.iter().filter_map(|m| m.page.as_ref()).flat_map(|page| page.actions.iter().map(|a| &*a.name)).collect()
    }

    /// The names in a file's handlers that mean functions of the server although the file declares none of them. A handler that calls
    /// (`onclick="show(3)"`) what a script has means that.
    pub fn of_handlers(&self, id: ModuleId, browsers: &BrowserNames<'_>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for named in self.table(id).into_iter().flat_map(|table| &table.named_functions) {
            let name = &*named.name;
            let is_one = self.knows_near(id, name) || self.is_one_elsewhere(id, name);
            if named.by != NamedBy::Script && is_one && !(named.by == NamedBy::CallInHandler && browsers.have(name)) {
                found.insert(name.to_owned());
            }
        }
        found
    }

    fn is_one_elsewhere(&self, id: ModuleId, name: &str) -> bool {
        let owners = self.owners(name);
        match owners.as_slice() {
            [(owner, _)] => !self.is_page(id) || self.can_be_called_from_elsewhere(*owner),
            // What a layout or a component names is a function of the page that shows it.
            several => several.len() > 1 && !self.is_page(id),
        }
    }
}

/// What scripts for browsers declare: those in pages, layouts and components, and the files of `public`, which are read when somebody asks.
pub struct BrowserNames<'p> {
    modules: &'p [Shared<Module>],
    public: &'p [(String, PathBuf)],
    names: OnceCell<BTreeSet<String>>,
}

impl<'p> BrowserNames<'p> {
    pub fn of(modules: &'p [Shared<Module>], public: &'p [(String, PathBuf)]) -> BrowserNames<'p> {
        BrowserNames { modules, public, names: OnceCell::new() }
    }

    pub fn have(&self, name: &str) -> bool {
        let names = self.names.get_or_init(|| {
            let inline = self.modules.iter().filter_map(|module| module.page.as_ref()).flat_map(|page| &page.browser_names).map(|name| name.to_string());
            let files = self.public.iter().filter(|(url, _)| url.ends_with(".js") || url.ends_with(".mjs"));
            let public = files.filter_map(|(_, path)| std::fs::read_to_string(path).ok()).flat_map(|text| declared_in_script(&text));
            inline.chain(public).collect()
        });
        names.contains(name)
    }
}

/// `Card.save`, and `Card_save` as the original wrote it.
fn is_named(module: &Module, function: &str, name: &str) -> bool {
    let file = module.path.rsplit('/').next().unwrap_or(&module.path);
    let component = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    name.strip_prefix(component).and_then(|rest| rest.strip_prefix(['.', '_'])).is_some_and(|rest| rest == function)
}
