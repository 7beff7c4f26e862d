//! Secrets that sign cookies and form tokens: which are none.

/// How a secret is made and kept where the app reads it.
pub const MAKE_ONE: &str = "make one and keep it: `echo \"SESSION_SECRET=$(head -c 32 /dev/urandom | base64)\" >> .env`";

/// Parts of what guides, templates and examples have where a secret belongs.
const EXAMPLES: &[&str] = &[
    "your-secret", "your_secret", "yoursecret", "your-very-secret", "your-session-secret", "secret-key", "secret_key", "secretkey", "keyboard cat", "change-me", "changeme", "change_me",
    "change-this", "change_this", "changethis", "replace-me", "only-for-development", "dev-secret", "supersecret", "super-secret", "my-secret", "example",
];

/// The fewest characters of a secret, and of different ones among them.
const LEAST: (usize, usize) = (16, 6);

/// Why nobody should rely on this secret; `None` when it may be one.
pub fn weakness(secret: &str) -> Option<&'static str> {
    let lower = secret.to_ascii_lowercase();
    let mut different: Vec<char> = secret.chars().collect();
    different.sort_unstable();
    different.dedup();
    if EXAMPLES.iter().any(|e| lower.contains(e)) {
        Some("stands in guides and examples, where everybody can read it")
    } else if secret.chars().count() < LEAST.0 {
        Some("is shorter than 16 characters")
    } else if different.len() < LEAST.1 {
        Some("repeats a few characters")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_and_short_ones_are_none() {
        for bad in ["your-secret-key", "your-very-secret-key-change-this", "change-me", "keyboard cat", "short", "", "aaaaaaaaaaaaaaaaaaaaaaaa", "Only-For-Development-0123"] {
            assert!(weakness(bad).is_some(), "{bad}");
        }
        for good in ["q1w2e3r4t5y6u7i8o9p0", "Jx0pQn2v7uYzC1fWm8Tq4g==", "a long sentence that nobody knows"] {
            assert_eq!(weakness(good), None, "{good}");
        }
    }
}
