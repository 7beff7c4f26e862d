//! Buttons that call server functions, as plain HTML: what makes them send a form where no script runs.

use crate::forms::Action;
use crate::html;
use crate::syntax::Element;
use crate::template::Emitter;

/// The id of the form without fields that pages get for the buttons that stand in none.
const FORM: &str = "puremix-form";

/// How a button sends its function's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Submission {
    /// With the fields of the form that it stands in, which may not post itself.
    WithFields { form_posts: bool },
    /// With nothing else.
    Alone,
}

impl Emitter<'_> {
    /// How a button with this action works without scripts; `None` for other elements, and for buttons that send something of their own.
    pub fn submission_of(&self, element: &Element, action: Option<&Action>) -> Option<Submission> {
        action?;
        let sends = ["name", "value", "form", "formaction", "formmethod"].iter().any(|name| self.attribute(element, name).is_some());
        if !self.text(&element.name).eq_ignore_ascii_case("button") || sends {
            return None;
        }
        let is_submit = self.attribute(element, "type").is_none_or(|kind| self.plain_value(kind).is_some_and(|kind| kind.trim().eq_ignore_ascii_case("submit")));
        match self.open_forms.last() {
            Some(posts) if is_submit => Some(Submission::WithFields { form_posts: *posts }),
            // One that is no submit button, or calls its function alone for another reason.
            _ => Some(Submission::Alone),
        }
    }

    /// The attributes of such a button; its own `type` has been left out.
    pub fn emit_submission(&mut self, submission: Submission, action: &Action) {
        self.facts.has_forms = true;
        match submission {
            Submission::WithFields { form_posts: true } => self.out.output(" type=\"submit\" name=\"_action\""),
            Submission::WithFields { form_posts: false } => self.out.output(" type=\"submit\" formmethod=\"post\" name=\"_action\""),
            Submission::Alone => self.out.output(&format!(" type=\"submit\" form=\"{FORM}\" name=\"_action\"")),
        }
        match &action.arguments {
            None => self.out.output(&format!(" value=\"{}\"", action.address)),
            Some(arguments) => {
                self.flush();
                self.out.begin(&format!("__pmx_a(\"value\", \"value\", (\"{}(\" + JSON.stringify(", action.address));
                self.out.verbatim(self.source, arguments.clone());
                self.out.end(") + \")\"));");
            }
        }
    }

    /// Notes that the content of a form follows, and whether it posts. Answers whether it is one.
    pub fn open_form(&mut self, element: &Element) -> bool {
        let name = self.text(&element.name);
        let is_form = name.eq_ignore_ascii_case("form") && !html::is_component_name(name);
        if is_form {
            let posts = self.attribute(element, "method").is_some_and(|method| self.plain_value(method).is_some_and(|m| m.trim().eq_ignore_ascii_case("post")));
            // One whose function is sent by POST.
            let posts = posts || self.attribute(element, "method").is_none() && self.posted_form == Some(element.open.start);
            self.open_forms.push(posts);
        }
        is_form
    }
}
