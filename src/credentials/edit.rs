//! Changes to the text of a configuration file that leave its comments, its order and everything else as they are.

use toml_edit::{DocumentMut, Item, Table, Value, value};

/// The value of a key that is added.
pub enum ConfigValue {
    /// A string.
    Text(String),
    /// A list of strings.
    Words(Vec<String>),
}

/// The text of a configuration file, taken apart.
pub struct ConfigText {
    document: DocumentMut,
}

impl ConfigText {
    /// Takes a text apart, or `None` where it is not TOML.
    pub fn parse(text: &str) -> Option<Self> {
        Some(ConfigText { document: text.parse().ok()? })
    }

    /// Adds a section to a profile, which is made where it is missing, at the end of the file. `None` where something else
    /// has its place.
    pub fn add_section(&mut self, profile: &str, section: &str, values: &[(String, ConfigValue)]) -> Option<()> {
        let mut table = Table::new();
        for (key, value) in values {
            table.insert(key, as_item(value));
        }
        let before = self.document.trailing().as_str().unwrap_or_default().to_owned();
        let is_first = self.document.is_empty() && before.is_empty();
        let mut last = 0;
        each_table(self.document.as_table_mut(), &mut |table| last = last.max(table.position().unwrap_or_default()));
        let profiles = self.document.entry("profiles").or_insert_with(implicit_table).as_table_mut()?;
        let profile = profiles.entry(profile).or_insert_with(implicit_table);
        let has_header = profile.as_table().is_some_and(|table| !table.is_dotted());
        let profile = profile.as_table_like_mut().filter(|profile| !profile.contains_key(section))?;
        // A blank line before it, unless it is all that there is.
        table.decor_mut().set_prefix(if is_first { String::new() } else { format!("{before}\n") });
        table.set_position(Some(last + 1));
        profile.insert(section, Item::Table(table));
        if has_header {
            self.document.set_trailing("");
        }
        Some(())
    }

    /// Sets the default profile, in its place or as the first key.
    pub fn set_default_profile(&mut self, name: &str) {
        let root = self.document.as_table_mut();
        if let Some(Item::Value(old)) = root.get_mut("default_profile") {
            let decor = old.decor().clone();
            *old = Value::from(name);
            *old.decor_mut() = decor;
            return;
        }
        // What the file says of itself at its beginning stays there.
        let head = first_table(root).map(take_head).filter(|head| !head.is_empty()).map(|head| head + "\n");
        let head = head.unwrap_or_default();
        root.insert("default_profile", value(name));
        if let Some(mut key) = root.key_mut("default_profile") {
            key.leaf_decor_mut().set_prefix(head);
        }
        if let Some(first) = first_table(root) {
            let prefix = prefix_of(first);
            if !prefix.starts_with('\n') {
                first.decor_mut().set_prefix(format!("\n{prefix}"));
            }
        }
    }

    /// Removes the default profile with the comment directly above it.
    pub fn unset_default_profile(&mut self) {
        let root = self.document.as_table_mut();
        let Some(key) = root.key("default_profile") else { return };
        let prefix = key.leaf_decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
        let (head, _) = divided(prefix);
        let values = root.iter().filter(|(_, item)| item.is_value()).map(|(key, _)| key.to_owned());
        let next = values.skip_while(|key| key != "default_profile").nth(1);
        root.remove("default_profile");
        if head.is_empty() {
            return;
        }
        if let Some(mut key) = next.and_then(|next| root.key_mut(&next)) {
            let rest = key.leaf_decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned();
            key.leaf_decor_mut().set_prefix(joined(&head, &rest));
        } else {
            self.put_back(isize::MIN, &head);
        }
    }

    /// Removes a profile with all of its sections and the comments directly above them.
    pub fn remove_profile(&mut self, name: &str) {
        let Some(profiles) = self.document.get_mut("profiles").and_then(Item::as_table_like_mut) else { return };
        let Some(mut removed) = profiles.remove(name) else { return };
        let is_empty = profiles.is_empty();
        let mut kept = Vec::new();
        collect_tables(&mut removed, &mut |table| {
            if let Some(place) = table.position() {
                kept.push((place, take_head(table)));
            }
        });
        if is_empty && self.document.get("profiles").and_then(Item::as_table).is_some_and(Table::is_implicit) {
            self.document.as_table_mut().remove("profiles");
        }
        kept.sort();
        for (place, head) in kept.into_iter().rev().filter(|(_, head)| !head.trim().is_empty()) {
            self.put_back(place, &head);
        }
    }

    /// Puts comments that stood before a removed table before the one that follows it, or at the end.
    fn put_back(&mut self, place: isize, head: &str) {
        let mut next: Option<isize> = None;
        each_table(self.document.as_table_mut(), &mut |table| {
            let later = table.position().filter(|own| *own > place);
            next = [next, later].into_iter().flatten().min();
        });
        let Some(next) = next else {
            let trailing = self.document.trailing().as_str().unwrap_or_default().to_owned();
            self.document.set_trailing(format!("{head}{trailing}"));
            return;
        };
        if let Some(table) = table_at(self.document.as_table_mut(), next) {
            let prefix = joined(head, &prefix_of(table));
            table.decor_mut().set_prefix(prefix);
        }
    }
}

impl std::fmt::Display for ConfigText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.document.fmt(formatter)
    }
}

fn as_item(wanted: &ConfigValue) -> Item {
    match wanted {
        ConfigValue::Text(text) => value(text),
        ConfigValue::Words(words) => value(words.iter().collect::<toml_edit::Array>()),
    }
}

fn implicit_table() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

fn prefix_of(table: &Table) -> String {
    table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned()
}

/// Takes from the comments before a table those that a blank line divides from it.
fn take_head(table: &mut Table) -> String {
    let (head, rest) = divided(&prefix_of(table));
    table.decor_mut().set_prefix(rest);
    head
}

/// Comments up to the last blank line, and those after it.
fn divided(prefix: &str) -> (String, String) {
    let end = prefix.rfind("\n\n").map_or(0, |end| end + 1);
    (prefix[..end].to_owned(), prefix[end..].to_owned())
}

/// Comments before others, with a blank line between them.
fn joined(head: &str, rest: &str) -> String {
    format!("{}\n\n{}", head.trim_end_matches('\n'), rest.trim_start_matches('\n'))
}

/// The table that stands first in the file.
fn first_table(root: &mut Table) -> Option<&mut Table> {
    let mut first: Option<isize> = None;
    each_table(root, &mut |table| first = [first, table.position()].into_iter().flatten().min());
    let first = first?;
    table_at(root, first)
}

fn table_at(table: &mut Table, place: isize) -> Option<&mut Table> {
    if table.position() == Some(place) && !table.is_implicit() {
        return Some(table);
    }
    table.iter_mut().find_map(|(_, item)| match item {
        Item::Table(table) => table_at(table, place),
        _ => None,
    })
}

/// Every table below one that has a header of its own.
fn each_table(root: &mut Table, visit: &mut dyn FnMut(&mut Table)) {
    for (_, item) in root.iter_mut() {
        collect_tables(item, visit);
    }
}

fn collect_tables(item: &mut Item, visit: &mut dyn FnMut(&mut Table)) {
    match item {
        Item::Table(table) => {
            if !table.is_implicit() && !table.is_dotted() {
                visit(table);
            }
            each_table(table, visit);
        }
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(&mut *visit),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, edit: impl Fn(&mut ConfigText)) -> String {
        let mut config = ConfigText::parse(text).unwrap();
        edit(&mut config);
        config.to_string()
    }

    #[test]
    fn a_section_is_not_added_where_it_would_not_read_well() {
        let add = |text: &str| ConfigText::parse(text).unwrap().add_section("a", "twilio", &[]);
        assert_eq!(add("profiles = { b = { twilio = {} } }"), None);
        assert_eq!(add("[profiles.a.twilio]"), None);
        assert!(add("[profiles.a.signalwire]").is_some());
    }

    fn added(text: &str, profile: &str, section: &str) -> String {
        edited(text, |config| {
            let words = ConfigValue::Words(vec!["a".to_owned(), "b".to_owned()]);
            let space = ConfigValue::Text("x".to_owned());
            let values = [("space".to_owned(), space), ("api_token_command".to_owned(), words)];
            config.add_section(profile, section, &values).unwrap();
        })
    }

    const SECTION: &str = "space = \"x\"\napi_token_command = [\"a\", \"b\"]\n";

    #[test]
    fn a_section_is_added_and_the_rest_stays() {
        assert_eq!(added("", "dev", "signalwire"), format!("[profiles.dev.signalwire]\n{SECTION}"));
        let file =
            "# mine\ndefault_profile = 'a' # why\n\n# of a\n[profiles.a.signalwire]\nspace   =  'y' # z\n# end\n";
        assert_eq!(added(file, "dev", "signalwire"), format!("{file}\n[profiles.dev.signalwire]\n{SECTION}"));
        assert_eq!(added(file, "b.c", "signalwire"), format!("{file}\n[profiles.\"b.c\".signalwire]\n{SECTION}"));
        let presets = format!("{file}\n[presets.p]\ncommand = 'chat'\n");
        assert_eq!(added(&presets, "a", "twilio"), format!("{presets}\n[profiles.a.twilio]\n{SECTION}"));
        for file in [
            "profiles.a.signalwire.space = 'y'\n# end\n",
            "[profiles]\na.signalwire = { space = 'y' }\n# end\n",
            "[profiles.a]\nsignalwire = { space = 'y' }\n# end\n",
            "[profiles]\n# end\n",
        ] {
            for profile in ["a", "b"] {
                let text = added(file, profile, "twilio");
                let parsed = text.parse::<DocumentMut>().unwrap_or_else(|error| panic!("{text}: {error}"));
                assert_eq!(parsed["profiles"][profile]["twilio"]["space"].as_str(), Some("x"), "{text}");
                assert!(text.contains("# end\n"), "{text}");
            }
        }
    }

    #[test]
    fn the_default_profile_is_set_in_its_place() {
        let set = |text: &str| edited(text, |config| config.set_default_profile("dev"));
        assert_eq!(
            set("# a\ndefault_profile =  'x'  # why\n[profiles.dev]\n"),
            "# a\ndefault_profile =  \"dev\"  # why\n[profiles.dev]\n"
        );
        assert_eq!(set(""), "default_profile = \"dev\"\n");
        assert_eq!(set("# a\n\n# b\n[profiles.dev]\n"), "# a\n\ndefault_profile = \"dev\"\n\n# b\n[profiles.dev]\n");
        assert_eq!(set("[profiles.dev]\n"), "default_profile = \"dev\"\n\n[profiles.dev]\n");
    }

    #[test]
    fn a_profile_goes_with_the_comment_above_it_and_no_other() {
        let removed = |text: &str| edited(text, |config| config.remove_profile("dev"));
        let file = "# mine\n\n# of dev\n[profiles.dev.signalwire]\nspace = 'x'\n\n# of ci\n[profiles.ci.signalwire]\nspace = 'y'\n";
        assert_eq!(removed(file), "# mine\n\n# of ci\n[profiles.ci.signalwire]\nspace = 'y'\n");
        let file = "a = 1\n\n[profiles.ci]\n\n# end of ci\n\n# of dev\n[profiles.dev.signalwire]\n[profiles.dev.twilio]\nx = 1\n# end\n";
        assert_eq!(removed(file), "a = 1\n\n[profiles.ci]\n\n# end of ci\n# end\n");
        assert_eq!(removed("[profiles.dev.signalwire]\nspace = 'x'\n"), "");
        assert_eq!(
            removed("[profiles]\ndev.signalwire = { space = 'x' }\nci.twilio = {}\n"),
            "[profiles]\nci.twilio = {}\n"
        );
        assert_eq!(removed("[profiles.ci]\n"), "[profiles.ci]\n");
    }

    #[test]
    fn the_default_profile_goes_with_the_comment_above_it_and_no_other() {
        let unset = |text: &str| edited(text, ConfigText::unset_default_profile);
        assert_eq!(unset("# a\n\n# b\ndefault_profile = 'x'\n\n# c\n[profiles.x]\n"), "# a\n\n# c\n[profiles.x]\n");
        assert_eq!(unset("# a\n\ndefault_profile = 'x' # why\n"), "# a\n");
        assert_eq!(unset("# b\ndefault_profile = 'x'\n[profiles.x]\n"), "[profiles.x]\n");
        assert_eq!(unset("[profiles.x]\n"), "[profiles.x]\n");
    }
}
