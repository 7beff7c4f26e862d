//! Libraries that make code of text, and so need `'unsafe-eval'` in the policy of the pages they run on.

/// A library, what a URL of it has as a path segment, and what says that it is a build that makes no code.
struct Evaluator {
    name: &'static str,
    segments: &'static [&'static str],
    except: &'static [&'static str],
}

const EVALUATORS: &[Evaluator] = &[
    Evaluator { name: "Vue's templates", segments: &["vue", "vue3", "petite-vue"], except: &["runtime"] },
    Evaluator { name: "Alpine", segments: &["alpinejs", "alpine"], except: &["@alpinejs/csp", "/csp"] },
    Evaluator { name: "Knockout", segments: &["knockout", "knockout-latest"], except: &[] },
    Evaluator { name: "Handlebars' templates", segments: &["handlebars"], except: &["runtime"] },
    Evaluator { name: "EJS", segments: &["ejs"], except: &[] },
    Evaluator { name: "doT", segments: &["dot", "doT"], except: &[] },
    Evaluator { name: "Nunjucks' templates", segments: &["nunjucks"], except: &["slim"] },
    Evaluator { name: "Underscore's templates", segments: &["underscore"], except: &[] },
    Evaluator { name: "_hyperscript", segments: &["hyperscript.org", "_hyperscript"], except: &[] },
    Evaluator { name: "Plotly", segments: &["plotly.js", "plotly.js-dist", "plotly.js-dist-min", "plotly-latest"], except: &["strict", "basic"] },
    Evaluator { name: "MathJax 2", segments: &["mathjax@2", "mathjax/2"], except: &[] },
    Evaluator { name: "Ajv", segments: &["ajv", "ajv6", "ajv7"], except: &[] },
    Evaluator { name: "Pyodide", segments: &["pyodide"], except: &[] },
];

/// The library that a URL of another origin is, when it makes code of text.
pub(super) fn of_url(url: &str) -> Option<&'static str> {
    let path = url.split_once("//").map_or(url, |(_, rest)| rest).split(['?', '#']).next().unwrap_or_default();
    let segments = || path.split('/').skip(1).chain(path.split(['/', ',', '+']).skip(1));
    let is = |wanted: &str| match wanted.split_once(['@', '/']) {
        Some(_) => path.to_ascii_lowercase().contains(wanted),
        None => segments().any(|segment| bare(segment).eq_ignore_ascii_case(wanted) || segment.eq_ignore_ascii_case(wanted)),
    };
    EVALUATORS.iter().find(|one| one.segments.iter().any(|segment| is(segment)) && !one.except.iter().any(|word| path.contains(word))).map(|one| one.name)
}

/// A file's or package's name without its version and endings: `vue@3.5`, `vue.global.prod.js` and `alpine.min.js` are `vue` and `alpine`.
fn bare(segment: &str) -> &str {
    let name = segment.split_once('@').filter(|(name, _)| !name.is_empty()).map_or(segment, |(name, _)| name);
    if name.ends_with(".js") || name.ends_with(".mjs") { name.split('.').next().unwrap_or(name) } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_libraries() {
        for (url, library) in [
            ("https://unpkg.com/vue@3/dist/vue.global.js", Some("Vue's templates")),
            ("https://unpkg.com/vue", Some("Vue's templates")),
            ("https://cdn.jsdelivr.net/npm/vue@2.7.14", Some("Vue's templates")),
            ("https://cdnjs.cloudflare.com/ajax/libs/vue/3.4.0/vue.global.prod.min.js", Some("Vue's templates")),
            ("https://unpkg.com/vue@3/dist/vue.runtime.global.prod.js", None),
            ("https://unpkg.com/vue-router@4/dist/vue-router.global.js", None),
            ("https://unpkg.com/alpinejs@3/dist/cdn.min.js", Some("Alpine")),
            ("https://cdn.jsdelivr.net/npm/@alpinejs/csp@3.x.x/dist/cdn.min.js", None),
            ("https://unpkg.com/react@18/umd/react.production.min.js", None),
            ("https://unpkg.com/@babel/standalone/babel.min.js", None),
            ("https://code.jquery.com/jquery-3.7.1.min.js", None),
            ("https://unpkg.com/htmx.org@1.9.10", None),
            ("https://cdn.plot.ly/plotly-latest.min.js", Some("Plotly")),
        ] {
            assert_eq!(of_url(url), library, "{url}");
        }
    }
}
