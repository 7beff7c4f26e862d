//! What the first word of a statement says about where it may run.

/// Where a statement may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// Anywhere.
    Ordinary,
    /// Begins or ends transactions, which are the engine's.
    TransactionControl,
    /// Not inside a transaction: `VACUUM`, `ATTACH`, and pragmas that change a mode.
    Alone,
}

/// Looks at the first word after blanks and comments.
pub fn classify(sql: &str) -> StatementKind {
    let text = skip_comments(sql);
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let is = |words: &[&str]| words.iter().any(|word| text[..end].eq_ignore_ascii_case(word));
    if is(&["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"]) {
        StatementKind::TransactionControl
    } else if is(&["VACUUM", "PRAGMA", "ATTACH", "DETACH"]) {
        StatementKind::Alone
    } else {
        StatementKind::Ordinary
    }
}

fn skip_comments(sql: &str) -> &str {
    let mut text = sql;
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == ';' || c == '\u{feff}');
        if let Some(rest) = text.strip_prefix("--") {
            text = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(rest) = text.strip_prefix("/*") {
            text = rest.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{StatementKind, classify};

    #[test]
    fn first_words() {
        for (sql, kind) in [
            ("select 1", StatementKind::Ordinary),
            ("beginning", StatementKind::Ordinary),
            ("", StatementKind::Ordinary),
            ("-- BEGIN\nINSERT INTO t VALUES (1)", StatementKind::Ordinary),
            (" ;begin immediate", StatementKind::TransactionControl),
            ("/* a */ -- b\n commit;", StatementKind::TransactionControl),
            ("END", StatementKind::TransactionControl),
            ("vacuum", StatementKind::Alone),
            ("PRAGMA user_version=3", StatementKind::Alone),
        ] {
            assert_eq!(classify(sql), kind, "{sql}");
        }
    }
}
