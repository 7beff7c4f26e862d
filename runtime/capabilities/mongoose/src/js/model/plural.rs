//! Names of collections: mongoose's plurals.

/// Ends with their plurals, tried in this order.
const ENDS: &[(&str, &str)] = &[
    ("human", "humans"), ("person", "people"), ("child", "children"), ("axis", "axes"), ("testis", "testes"), ("octopus", "octopi"), ("virus", "viri"),
    ("alias", "aliases"), ("status", "statuses"), ("bus", "buses"), ("buffalo", "buffaloes"), ("tomato", "tomatoes"), ("potato", "potatoes"), ("tum", "ta"),
    ("ium", "ia"), ("sis", "ses"), ("hive", "hives"), ("quiz", "quizzes"),
    ("mouse", "mice"), ("louse", "lice"), ("knife", "knives"), ("wife", "wives"), ("life", "lives"),
];

const UNCOUNTABLE: &[&str] = &[
    "advice", "energy", "excretion", "digestion", "cooperation", "health", "justice", "labour", "machinery", "equipment", "information", "pollution", "sewage",
    "paper", "money", "species", "series", "rain", "rice", "fish", "sheep", "moose", "deer", "news", "expertise", "status", "media",
];

/// The collection of a model.
pub fn collection_name(model: &str) -> String {
    let name = model.to_lowercase();
    if UNCOUNTABLE.contains(&name.as_str()) {
        return name;
    }
    if name == "goose" {
        return "geese".to_owned();
    }
    if name == "ox" {
        return "oxen".to_owned();
    }
    if let Some(head) = name.strip_suffix("man").filter(|_| name != "human") {
        return format!("{head}men");
    }
    for (end, plural) in ENDS {
        if let Some(head) = name.strip_suffix(end) {
            return format!("{head}{plural}");
        }
    }
    let vowel = |c: char| "aeiouy".contains(c);
    if let Some(head) = name.strip_suffix("fe").filter(|h| !h.ends_with('f')) {
        return format!("{head}ves");
    }
    if name.ends_with("lf") || name.ends_with("rf") {
        return format!("{}ves", &name[..name.len() - 1]);
    }
    if let Some(head) = name.strip_suffix('y')
        && (head.ends_with("qu") || head.chars().next_back().is_some_and(|c| !vowel(c)))
    {
        return format!("{head}ies");
    }
    if ["x", "ch", "ss", "sh"].iter().any(|end| name.ends_with(end)) {
        return format!("{name}es");
    }
    if name.ends_with('s') || name.chars().next_back().is_some_and(|c| !c.is_ascii_lowercase()) {
        return name;
    }
    format!("{name}s")
}

#[cfg(test)]
mod tests {
    #[test]
    fn plurals() {
        for (model, collection) in [
            ("User", "users"), ("Category", "categories"), ("Box", "boxes"), ("Person", "people"), ("Child", "children"), ("Bus", "buses"), ("Day", "days"),
            ("Address", "addresses"), ("Status", "status"), ("Analysis", "analyses"), ("Knife", "knives"), ("Half", "halves"), ("BlogPost", "blogposts"),
            ("Woman", "women"), ("Human", "humans"), ("Index", "indexes"), ("Data2", "data2"), ("Mouse", "mice"), ("Leaf", "leafs"), ("Media", "media"),
        ] {
            assert_eq!(super::collection_name(model), collection, "{model}");
        }
    }
}
