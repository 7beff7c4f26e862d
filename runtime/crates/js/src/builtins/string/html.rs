//! The HTML methods of Annex B (§B.2.2).

use super::this_str;
use crate::js_to_string;
use puremix_value::{Args, Cx, R};

fn wrap(cx: Cx, a: &Args<'_>, method: &str, tag: &str, attribute: &str) -> R {
    let s = this_str(cx, a, method)?;
    let open = if attribute.is_empty() {
        format!("<{tag}>")
    } else {
        let value = js_to_string(cx, a.get(0))?.as_str().replace('"', "&quot;");
        format!("<{tag} {attribute}=\"{value}\">")
    };
    Ok(puremix_value::Str::from(open).concat(&s).concat(&format!("</{tag}>").into()).into())
}

macro_rules! html {
    ($($name:ident $method:literal $length:literal $tag:literal $attribute:literal;)*) => {
        $(fn $name(cx: Cx, a: &Args<'_>) -> R {
            wrap(cx, a, $method, $tag, $attribute)
        })*
        pub(super) const METHODS: crate::Methods = &[$(($method, $length, $name)),*];
    };
}

html! {
    anchor "anchor" 1 "a" "name";
    big "big" 0 "big" "";
    blink "blink" 0 "blink" "";
    bold "bold" 0 "b" "";
    fixed "fixed" 0 "tt" "";
    fontcolor "fontcolor" 1 "font" "color";
    fontsize "fontsize" 1 "font" "size";
    italics "italics" 0 "i" "";
    link "link" 1 "a" "href";
    small "small" 0 "small" "";
    strike "strike" 0 "strike" "";
    sub "sub" 0 "sub" "";
    sup "sup" 0 "sup" "";
}
