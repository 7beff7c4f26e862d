//! Pages, components and layouts of the table.

use super::Bench;
use crate::closure;
use crate::edition;
use crate::image::{Entries, FunctionId, ModuleIndex};
use crate::machine::Page;
use puremix_ir::{ModuleId, Program, Target, UseKind};
use puremix_runtime::app as table;
use puremix_runtime::page::{Out, Scope};
use puremix_value::{Cx, R, Value};

/// Pages by module, while they are made.
struct Pages<'p> {
    program: &'p Program,
    numbers: &'p [ModuleIndex],
    made: Vec<Option<&'static table::PageDef>>,
    visiting: Vec<bool>,
}

impl Bench {
    /// The pages of all modules that are pages, components or layouts. Each may name others, which are therefore made first; layouts and
    /// components that go in circles were refused before, except for components in each other, whose table entries are found at run time.
    pub(super) fn pages(&mut self, program: &Program, numbers: &[ModuleIndex]) -> Vec<Option<&'static table::PageDef>> {
        let count = program.modules.len();
        let mut pages = Pages { program, numbers, made: vec![None; count], visiting: vec![false; count] };
        for index in 0..count {
            self.page(&mut pages, index);
        }
        pages.made
    }

    fn page(&mut self, pages: &mut Pages<'_>, index: usize) {
        let m = &pages.program.modules[index];
        let Some(page) = &m.page else { return };
        if pages.made[index].is_some() || std::mem::replace(&mut pages.visiting[index], true) {
            return;
        }
        let component = |target: &Target| if let Target::Component(id) = target { Some(id.index()) } else { None };
        let mut components: Vec<usize> = m.requests.iter().filter_map(|r| component(&r.target)).collect();
        components.sort_unstable();
        components.dedup();
        for needed in components.iter().copied().chain(page.layout_module.map(ModuleId::index)) {
            self.page(pages, needed);
        }
        let number = pages.numbers[index];
        let components: Vec<&'static table::PageDef> = components.into_iter().filter_map(|c| pages.made[c]).collect();
        let layout = page.layout_module.and_then(|l| pages.made[l.index()]);
        let names = |list: &[puremix_ir::app::ServerFn]| list.iter().map(|f| f.name.clone()).collect::<Vec<_>>();
        let key = format!(
            "{number:?} {:?} {:?} {} {} {:?} {:?} {} {} {} {:?}",
            names(&page.loaders),
            names(&page.actions),
            page.render.is_some(),
            page.head.is_some(),
            components.iter().map(|component| std::ptr::from_ref(*component)).collect::<Vec<_>>(),
            layout.map(std::ptr::from_ref),
            page.has_forms,
            page.mentions_puremix,
            page.needs_client,
            page.uses,
        );
        let loaders: Vec<table::LoaderDef> = (0..).zip(&page.loaders).map(|(i, loader)| self.loader(number, i, &loader.name)).collect();
        let actions: Vec<table::ActionDef> = (0..).zip(&page.actions).map(|(i, action)| self.action(number, i, &action.name)).collect();
        let nothing: &'static table::RenderFn = &|_: Cx, _: &Scope<'_>, _: &mut Out| Ok(());
        let render = page.render.map_or(nothing, |_| self.render(number, "render", |entries| entries.render));
        let head = page.head.map(|_| self.render(number, "head", |entries| entries.head));
        let uses: Vec<table::Use> = page.uses.iter().map(|one| table::Use { kind: use_kind(one.kind), text: self.names.text(&one.text) }).collect();
        let (name, file) = (self.names.text(m.page_name()), self.names.text(&m.path));
        pages.made[index] = Some(self.kept.one(key, || table::PageDef {
            name,
            file,
            loaders: Vec::leak(loaders),
            actions: Vec::leak(actions),
            render,
            head,
            components: Vec::leak(components),
            layout,
            has_forms: page.has_forms,
            mentions_puremix: page.mentions_puremix,
            needs_client: page.needs_client,
            uses: Vec::leak(uses),
        }));
    }

    fn render(&mut self, number: ModuleIndex, what: &str, which: fn(&Entries) -> Option<FunctionId>) -> &'static table::RenderFn {
        struct Kept(&'static table::RenderFn);
        let first = self.first.clone();
        let kept: &'static Kept = self.kept.one(format!("{number:?} {what}"), || {
            Kept(Box::leak(Box::new(move |cx: Cx, scope: &Scope<'_>, out: &mut Out| {
                let (holder, render) = edition::entry(cx, &first, number, which)?;
                closure::render(cx, &holder, render, &mut Page { scope, out })
            })))
        });
        kept.0
    }

    fn loader(&mut self, number: ModuleIndex, index: usize, name: &str) -> table::LoaderDef {
        struct Kept(&'static table::LoaderFn);
        let first = self.first.clone();
        let kept: &'static Kept = self.kept.one(format!("{number:?} {index}"), || {
            Kept(Box::leak(Box::new(move |cx: Cx, request: &Value, action_result: &Value, props: &Value| -> R {
                let (holder, loader) = edition::entry(cx, &first, number, |entries| entries.loaders.get(index).copied())?;
                closure::call_plain(cx, &holder, loader, &[request.clone(), action_result.clone(), props.clone()])
            })))
        });
        table::LoaderDef { name: self.names.text(name), call: kept.0 }
    }

    fn action(&mut self, number: ModuleIndex, index: usize, name: &str) -> table::ActionDef {
        struct Kept(&'static table::ActionFn);
        let first = self.first.clone();
        let kept: &'static Kept = self.kept.one(format!("{number:?} {index}"), || {
            Kept(Box::leak(Box::new(move |cx: Cx, form_data: &Value, request: &Value| -> R {
                let (holder, action) = edition::entry(cx, &first, number, |entries| entries.actions.get(index).copied())?;
                closure::call_plain(cx, &holder, action, &[form_data.clone(), request.clone()])
            })))
        });
        table::ActionDef { name: self.names.text(name), call: kept.0 }
    }
}

/// The server's name of a kind.
/// The server's word for the compiler's.
pub fn use_kind(kind: UseKind) -> table::UseKind {
    match kind {
        UseKind::InlineScript => table::UseKind::InlineScript,
        UseKind::Handler => table::UseKind::Handler,
        UseKind::ScriptUrl => table::UseKind::ScriptUrl,
        UseKind::Translated => table::UseKind::Translated,
        UseKind::Library => table::UseKind::Library,
        UseKind::InlineStyle => table::UseKind::InlineStyle,
        UseKind::StyleAttribute => table::UseKind::StyleAttribute,
        UseKind::Srcdoc => table::UseKind::Srcdoc,
        UseKind::Raw => table::UseKind::Raw,
        UseKind::Script => table::UseKind::Script,
        UseKind::Style => table::UseKind::Style,
        UseKind::Image => table::UseKind::Image,
        UseKind::Media => table::UseKind::Media,
        UseKind::Font => table::UseKind::Font,
        UseKind::Frame => table::UseKind::Frame,
        UseKind::Connect => table::UseKind::Connect,
        UseKind::Plugin => table::UseKind::Plugin,
        UseKind::Base => table::UseKind::Base,
    }
}
