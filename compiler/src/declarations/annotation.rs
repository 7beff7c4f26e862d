//! Annotations of Python as types of TypeScript, by the values that calls turn into each other (docs/book/python.md).

/// What a parameter of this annotation may be given.
pub fn argument(annotation: &str) -> String {
    type_of(annotation, true)
}

/// What a function with this annotation answers.
pub fn result(annotation: &str) -> String {
    type_of(annotation, false)
}

/// `any` for what says nothing that is known here.
fn type_of(annotation: &str, is_argument: bool) -> String {
    let text = annotation.trim();
    // A forward reference.
    let text = ['"', '\''].into_iter().find_map(|q| text.strip_prefix(q)?.strip_suffix(q)).unwrap_or(text).trim();
    let of = |text: &str| type_of(text, is_argument);
    let choices = split(text, '|');
    if choices.len() > 1 {
        return union(choices.into_iter().map(of));
    }
    let (name, parts) = match text.strip_suffix(']').and_then(|inner| inner.split_once('[')) {
        Some((name, inner)) => (name, split(inner, ',')),
        None => (text, Vec::new()),
    };
    let first = || parts.first().map_or("any".to_owned(), |part| of(part));
    let short = name.trim().rsplit('.').next().unwrap_or(name);
    match short {
        "int" | "float" | "Decimal" | "Fraction" | "complex" | "timedelta" => "number".into(),
        "str" | "UUID" | "Path" => "string".into(),
        "date" | "time" => "string".into(),
        "bool" => "boolean".into(),
        "None" => "null".into(),
        "bytes" | "bytearray" | "memoryview" => if is_argument { "Uint8Array | ArrayBuffer" } else { "Uint8Array" }.into(),
        "datetime" | "Timestamp" => "Date".into(),
        "DataFrame" => "Record<string, any>[]".into(),
        "list" | "List" | "Sequence" | "Iterable" | "Iterator" | "Collection" | "deque" => list(&first()),
        "Generator" => list(&first()),
        "set" | "Set" | "frozenset" | "FrozenSet" | "AbstractSet" if is_argument => format!("Set<{}>", first()),
        "set" | "Set" | "frozenset" | "FrozenSet" | "AbstractSet" => list(&first()),
        "tuple" | "Tuple" => match parts.as_slice() {
            [] => "any[]".into(),
            [item, rest] if rest.trim() == "..." => list(&of(item)),
            items => format!("[{}]", items.iter().map(|item| of(item)).collect::<Vec<_>>().join(", ")),
        },
        "dict" | "Dict" | "Mapping" | "MutableMapping" | "defaultdict" | "OrderedDict" => {
            format!("Record<string, {}>", parts.get(1).map_or("any".to_owned(), |value| of(value)))
        }
        "Optional" => union([first(), "null".to_owned()]),
        "Union" => union(parts.iter().map(|part| of(part))),
        "Annotated" | "Final" | "Awaitable" | "Coroutine" => first(),
        "Literal" => union(parts.iter().map(|part| literal(part))),
        _ => "any".into(),
    }
}

/// A list of these.
pub fn list(item: &str) -> String {
    if item.contains([' ', '|']) && !item.ends_with(['>', ']']) { format!("({item})[]") } else { format!("{item}[]") }
}

fn union(types: impl IntoIterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for one in types {
        if one == "any" {
            return one;
        }
        if !all.contains(&one) {
            all.push(one);
        }
    }
    if all.is_empty() { "any".to_owned() } else { all.join(" | ") }
}

fn literal(text: &str) -> String {
    match text.trim() {
        "True" => "true".into(),
        "False" => "false".into(),
        "None" => "null".into(),
        text if text.parse::<f64>().is_ok() => text.into(),
        text if text.len() > 1 && text.starts_with(['"', '\'']) && text.ends_with(['"', '\'']) && !text.contains('\\') => text.into(),
        _ => "any".into(),
    }
}

/// The parts between separators that stand in no bracket and no quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut quote) = (Vec::new(), 0, 0usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, c) if c == separator && depth == 0 => {
                parts.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations() {
        for (annotation, expected) in [
            ("int", "number"),
            ("'str'", "string"),
            ("list[dict[str, float]]", "Record<string, number>[]"),
            ("List[Optional[int]]", "(number | null)[]"),
            ("int | str | None", "number | string | null"),
            ("typing.Union[int, float]", "number"),
            ("dict", "Record<string, any>"),
            ("tuple[int, str]", "[number, string]"),
            ("tuple[int, ...]", "number[]"),
            ("Literal['a', \"b|c\", 3, None]", "'a' | \"b|c\" | 3 | null"),
            ("pd.DataFrame", "Record<string, any>[]"),
            ("datetime.datetime", "Date"),
            ("dt.date", "string"),
            ("Callable[[int], str]", "any"),
            ("list[Any]", "any[]"),
            ("set[str]", "string[]"),
            ("np.ndarray", "any"),
            ("Product", "any"),
            ("", "any"),
            ("list[", "any"),
        ] {
            assert_eq!(result(annotation), expected, "{annotation}");
        }
        assert_eq!(argument("set[str] | bytes"), "Set<string> | Uint8Array | ArrayBuffer");
    }
}
