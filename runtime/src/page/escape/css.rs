//! Values in style sheets and `style` attributes.

use super::{attr_any, attribute_so_far};

/// Stands where a refused value would have stood; no property accepts it, so the declaration has no effect.
const REFUSED: &str = "zPuremixRefused";

/// Functions that only compute a colour, a length or a shape. `url()` and its kin load what the data says.
const FUNCTIONS: &[&str] = &[
    "rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color-mix", "color", "calc", "min", "max", "clamp", "var", "env", "translate",
    "translatex", "translatey", "translatez", "translate3d", "scale", "scalex", "scaley", "scale3d", "rotate", "rotatex", "rotatey", "rotatez", "skew",
    "skewx", "skewy", "matrix", "matrix3d", "perspective", "blur", "brightness", "contrast", "drop-shadow", "grayscale", "hue-rotate", "invert",
    "opacity", "saturate", "sepia", "linear-gradient", "radial-gradient", "conic-gradient", "repeating-linear-gradient",
    "repeating-radial-gradient", "cubic-bezier", "steps", "repeat", "minmax", "fit-content", "polygon", "circle", "ellipse", "inset", "counter",
];

/// A value inside `<style>`.
pub fn style_text(out: &mut String, value: &str) {
    out.push_str(if is_safe_value(value) { value } else { REFUSED });
}

/// A hole in `style="…"`: whole declarations at the beginning or after `;`, else a value.
pub fn style_attr(out: &mut String, value: &str) {
    let (before, _) = attribute_so_far(out);
    let before = before.trim_end();
    if before.is_empty() || before.ends_with(';') {
        return declarations(out, value);
    }
    attr_any(out, if is_safe_value(value) { value } else { REFUSED });
}

/// A list of declarations; each is checked by itself and dropped when it is not safe.
pub fn declarations(out: &mut String, value: &str) {
    let mut first = true;
    for declaration in value.split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        declaration_of(out, name.trim(), value.trim(), &mut first);
    }
}

/// Writes one declaration if its name and value are safe.
pub fn declaration_of(out: &mut String, name: &str, value: &str, first: &mut bool) {
    let name_ok = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && !matches!(name.to_ascii_lowercase().as_str(), "behavior" | "-moz-binding");
    if !name_ok || value.is_empty() || !is_safe_value(value) {
        return;
    }
    if !std::mem::replace(first, false) {
        out.push(';');
    }
    out.push_str(name);
    out.push(':');
    attr_any(out, value);
}

/// True for a value that stays a value: nothing that ends the declaration, begins a string, a comment or a block, loads or runs.
pub(crate) fn is_safe_value(value: &str) -> bool {
    let mut depth = 0usize;
    let bytes = value.as_bytes();
    for (i, b) in bytes.iter().enumerate() {
        match b {
            b'(' => {
                depth += 1;
                let name = value[..i].rfind(|c: char| !c.is_ascii_alphanumeric() && c != '-').map_or(&value[..i], |at| &value[at + 1..i]);
                let lower = name.to_ascii_lowercase();
                // Without a name it is a group inside `calc(…)`.
                if !(lower.is_empty() && depth > 1) && !FUNCTIONS.contains(&lower.as_str()) {
                    return false;
                }
            }
            b')' => match depth.checked_sub(1) {
                Some(d) => depth = d,
                None => return false,
            },
            b'/' if matches!(bytes.get(i + 1), Some(b'*' | b'/')) => return false,
            b'<' if bytes.get(i + 1).is_some_and(|b| matches!(b, b'!' | b'/')) => return false,
            b'-' if bytes[i..].starts_with(b"-->") => return false,
            b'"' | b'\'' | b';' | b'@' | b'[' | b']' | b'\\' | b'`' | b'{' | b'}' | b':' | b'<' | b'>' | 0 => return false,
            _ => {}
        }
    }
    let lower = value.to_ascii_lowercase();
    depth == 0 && !lower.contains("expression") && !lower.contains("mozbinding") && !lower.contains("javascript")
}
