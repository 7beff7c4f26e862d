//! What a build says of the pages' Content-Security-Policies: where text may become code, and why.

use crate::project::Project;
use puremix_ir::app::{AssetKind, RouteKind};
use puremix_ir::{ModuleId, Program, Target};
use puremix_runtime::app::{AssetDef, Use};
use puremix_runtime::page::policy::evaluating;
use std::collections::BTreeMap;

/// The pages whose policy has `'unsafe-eval'`, and what needs it; `None` where no page has it.
pub fn summary(program: &Program, project: &Project) -> Option<String> {
    let assets = scripts(program, project);
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for route in program.app.routes.iter().filter(|route| matches!(route.kind, RouteKind::Page { .. })) {
        let reasons = evaluating(assets, &uses_of(program, route.module));
        if !reasons.is_empty() {
            found.entry(reasons.join(", ")).or_default().push(&route.file);
        }
    }
    let lines: Vec<String> = found.into_iter().map(|(reasons, files)| format!("    {}: {reasons}", files.join(", "))).collect();
    (!lines.is_empty()).then(|| format!("'unsafe-eval' is in the policy of\n{}", lines.join("\n")))
}

/// The server's view of the app's public scripts. It is made once in the life of a build, so it stays.
fn scripts(program: &Program, project: &Project) -> &'static [AssetDef] {
    let is_script = |content_type: &str| content_type.contains("javascript");
    let assets = program.app.assets.iter().filter(|asset| asset.kind == AssetKind::Public && is_script(&asset.content_type));
    let files: Vec<AssetDef> = assets
        .map(|asset| AssetDef {
            url: asset.url.to_string().leak(),
            public: true,
            content_type: "text/javascript",
            etag: "",
            // What cannot be read has failed the build.
            bytes: std::fs::read(project.root.join(&*asset.source)).unwrap_or_default().leak(),
        })
        .collect();
    files.leak()
}

/// The uses of a page, its layouts and their components.
fn uses_of(program: &Program, page: ModuleId) -> Vec<Use> {
    let (mut waiting, mut seen, mut uses) = (vec![page], vec![page], Vec::new());
    while let Some(id) = waiting.pop() {
        let module = program.module(id);
        let Some(page) = &module.page else { continue };
        uses.extend(page.uses.iter().map(|one| Use { kind: puremix_interp::app::use_kind(one.kind), text: one.text.to_string().leak() }));
        let components = module.requests.iter().filter_map(|request| if let Target::Component(id) = request.target { Some(id) } else { None });
        for next in components.chain(page.layout_module) {
            if !seen.contains(&next) {
                seen.push(next);
                waiting.push(next);
            }
        }
    }
    uses
}
