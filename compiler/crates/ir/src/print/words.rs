//! How names, constants and operators are written.

use super::*;

pub(super) fn type_suffix(ty: Ty) -> String {
    if ty == Ty::Any { String::new() } else { format!(": {ty}") }
}

pub(super) fn lang_name(lang: Lang) -> &'static str {
    match lang {
        Lang::Js => "js",
        Lang::Parsley => "parsley",
        Lang::Py => "py",
    }
}

/// JavaScript is the unmarked case.
pub(super) fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Js => "",
        Lang::Parsley => "parsley",
        Lang::Py => "py",
    }
}

/// After a word instead of a symbol: `if.parsley`.
pub(super) fn word_tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Js => "",
        Lang::Parsley => ".parsley",
        Lang::Py => ".py",
    }
}

pub(super) fn tag_word(lang: Lang) -> &'static str {
    match lang {
        Lang::Js => "",
        Lang::Parsley => "parsley: ",
        Lang::Py => "py: ",
    }
}

pub(super) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

pub(super) fn property_name(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { format!("{name:?}") }
}

pub(super) fn member(name: &str) -> String {
    if is_identifier(name) { format!(".{name}") } else { format!(".{name:?}") }
}

pub(super) fn text(text: &Text) -> String {
    match text {
        Text::Utf8(s) => format!("{s:?}"),
        Text::Wide(units) => {
            let mut out = String::from("wide\"");
            for unit in units.iter() {
                let _ = write!(out, "\\u{unit:04x}");
            }
            out.push('"');
            out
        }
    }
}

/// As JavaScript reads it back, with the sign of zero.
pub(super) fn number(n: f64) -> String {
    if n.is_nan() {
        "NaN".to_owned()
    } else if n.is_infinite() {
        if n > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else if n.fract() == 0.0 && n.abs() < 1e15 {
        if n == 0.0 && n.is_sign_negative() { "-0".to_owned() } else { format!("{n:.0}") }
    } else {
        format!("{n:?}")
    }
}

pub(super) fn context_name(context: EscapeContext) -> &'static str {
    match context {
        EscapeContext::Text => "text",
        EscapeContext::AttrDouble => "attr_double",
        EscapeContext::AttrSingle => "attr_single",
        EscapeContext::AttrUnquoted => "attr_unquoted",
        EscapeContext::UrlStart => "url_start",
        EscapeContext::UrlPart => "url_part",
        EscapeContext::ScriptJson => "script_json",
        EscapeContext::StyleText => "style_text",
        EscapeContext::StyleAttr => "style_attr",
        EscapeContext::Srcdoc => "srcdoc",
        EscapeContext::EventHandler => "event_handler",
        EscapeContext::Comment => "comment",
        EscapeContext::RcData => "rcdata",
        EscapeContext::EventString => "event_string",
    }
}

pub(super) fn unary_symbol(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Neg => "-",
        UnaryOp::Plus => "+",
        UnaryOp::Not => "!",
        UnaryOp::BitNot => "~",
        UnaryOp::Typeof => "typeof",
        UnaryOp::Void => "void",
        UnaryOp::ToStr => "tostr",
    }
}

pub(crate) fn binary_symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::Exp => "**",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::Ushr => ">>>",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::StrictEq => "===",
        BinaryOp::StrictNe => "!==",
        BinaryOp::In => "in",
        BinaryOp::InstanceOf => "instanceof",
        BinaryOp::Merge => "++",
        BinaryOp::Range => "..",
        BinaryOp::Match => "~",
        BinaryOp::NotMatch => "!~",
    }
}

pub(super) fn logical_symbol(op: LogicalOp) -> &'static str {
    match op {
        LogicalOp::And => "&&",
        LogicalOp::Or => "||",
        LogicalOp::Nullish => "??",
    }
}
