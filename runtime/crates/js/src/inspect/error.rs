//! Errors print as their stack, then what else they carry.

use super::{Inspector, names};
use crate::builtins::error::error_to_string;
use crate::errors::plain_text;
use puremix_value::{Key, Obj, well_known};

impl Inspector {
    pub(super) fn error(&mut self, o: &Obj, class: Option<&str>, tag: &str, keys: &mut Vec<Key>) -> String {
        let cx = self.cx;
        let name = plain_text(cx, o, well_known::NAME).unwrap_or_else(|| "Error".into());
        let message = plain_text(cx, o, well_known::MESSAGE).unwrap_or_default();
        let stack = plain_text(cx, o, well_known::STACK).filter(|s| !s.is_empty()).unwrap_or_else(|| {
            error_to_string(cx, &o.clone().into()).map(|s| s.to_string()).unwrap_or_else(|_| {
                cx.take_exception();
                name.clone()
            })
        });
        // What the stack says already is not repeated.
        for (key, text) in [(well_known::NAME, &name), (well_known::MESSAGE, &message), (well_known::STACK, &stack)] {
            if stack.contains(text.as_str()) {
                keys.retain(|k| *k != Key::Atom(key));
            }
        }
        for key in [well_known::CAUSE, well_known::ERRORS] {
            let key = Key::Atom(key);
            if o.get_own(cx, &key).is_some() && !keys.contains(&key) {
                keys.push(key);
            }
        }
        let mut stack = improve(stack, class, &name, tag);
        let after_message = stack.find(&message).filter(|_| !message.is_empty()).map_or(0, |i| i + message.len());
        if !stack[after_message..].contains("\n    at") {
            stack = format!("[{stack}]");
        }
        if self.indentation > 0 {
            stack = stack.replace('\n', &format!("\n{}", " ".repeat(self.indentation)));
        }
        stack
    }
}

/// Names the class of the error where the stack names only its base.
fn improve(stack: String, class: Option<&str>, name: &str, tag: &str) -> String {
    let follows = stack.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '\n']));
    if class.is_some() && !(name.ends_with("Error") && follows) {
        return stack;
    }
    let prefix = names::prefix(class, tag, "Error", None);
    let prefix = prefix.trim_end();
    if name == prefix || !follows {
        return stack;
    }
    if prefix.contains(name) { format!("{prefix}{}", &stack[name.len()..]) } else { format!("{prefix} [{name}]{}", &stack[name.len()..]) }
}
