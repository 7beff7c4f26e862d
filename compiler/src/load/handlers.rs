//! Handlers that name server functions of other files. Which functions those have is known when all are loaded, and then the files that name them are lowered
//! once more: in their markup such handlers are the server's.

use super::Loader;
use crate::calls::{BrowserNames, Functions};
use crate::project::RouteFileKind;
use puremix_ir::ModuleId;
use puremix_ir::app::RouteSegment;
use std::collections::BTreeSet;

impl Loader<'_> {
    /// Loads what is left, and settles what the handlers mean. `routes` are the modules of the project's routes, in their order.
    pub fn settle_handlers(&mut self, routes: &[ModuleId]) {
        self.run();
        let pages = self.project.routes.iter().zip(routes).filter(|(route, _)| route.kind == RouteFileKind::Page);
        let functions = Functions::of(&self.loaded.modules, pages.map(|(route, id)| (*id, route.pattern.iter().all(|segment| matches!(segment, RouteSegment::Literal(_))))));
        let browsers = BrowserNames::of(&self.loaded.modules, &self.project.public);
        let mut changed = Vec::new();
        for (index, file) in self.files.iter().enumerate() {
            let id = ModuleId::from(index);
            let named = functions.of_handlers(id, &browsers);
            if named != file.named {
                changed.push((id, named));
            }
        }
        for (id, named) in changed {
            self.lower_again(id, named);
        }
    }

    /// Its imports stay what they are.
    fn lower_again(&mut self, id: ModuleId, named: BTreeSet<String>) {
        let at = id.index();
        let before = self.loaded.modules[at].clone();
        let text = self.cache.sources.file(before.file).text.clone();
        let (path, role) = (self.files[at].path.clone(), self.files[at].role);
        let Ok(mut lowered) = self.cache.take(self.project, &path, role, Some(text), &self.python, Some(named)) else { return };
        for (index, request) in before.requests.iter().enumerate() {
            lowered.module.requests[index].target = request.target.clone();
        }
        if let (Some(page), Some(before)) = (&mut lowered.module.page, &before.page) {
            page.layout_module = before.layout_module;
        }
        let file = &mut self.files[at];
        file.findings.clone_from(&lowered.diagnostics);
        file.named.clone_from(&lowered.named);
        self.loaded.contents[at] = lowered.content;
        self.loaded.modules[at] = lowered.module.clone();
        self.cache.keep(&path, role, lowered);
    }
}
