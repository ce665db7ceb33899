//! Every kind of token in the list is complete: command, help, examples, variables, fields, limits, answer, emulation, man
//! page, completions, the names of a 422. A new kind that lacks one of them fails here.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use predicates::str::{contains, starts_with};
use tokenmint::testing::catalog::{Authentication, Consumed, Field, Form, Kind, Minting, Value};
use tokenmint::testing::providers::{PROVIDERS, kinds, provider_of};
use tokenmint::testing::token::{Member, Role};

use crate::harness::{tokenmint, tokenmint_with_input};

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
        .unwrap_or_else(|_| panic!("there is no {name}"))
}

/// Words made of these characters, with no two separators in a row or at an end.
fn is_made_of(text: &str, letters: impl Fn(char) -> bool, separator: char) -> bool {
    let part = |part: &str| !part.is_empty() && part.chars().all(&letters);
    text.split(separator).all(part)
}

fn flags(field: &Field) -> Vec<String> {
    if field.is_argument() {
        return vec![field.spelling()];
    }
    let long = std::iter::once(field.flag.name).chain(field.flag.aliases.iter().copied());
    long.map(|name| format!("--{name}")).chain(field.flag.short.map(|short| format!("-{short}"))).collect()
}

#[test]
fn names_and_variables_are_its_alone() {
    let (mut names, mut variables) = (BTreeSet::new(), BTreeSet::new());
    assert!(kinds().count() >= 6, "the list has lost some");
    for kind in kinds() {
        assert!(is_made_of(kind.name, |letter| letter.is_ascii_lowercase(), '-'), "{kind:?}");
        assert!(names.insert(kind.name), "{kind:?} stands twice");
        let upper = |letter: char| letter.is_ascii_uppercase();
        assert!(is_made_of(kind.variable, upper, '_') && kind.variable.ends_with("_TOKEN"), "{}", kind.variable);
        // What replaces the token of another kind has its variable.
        let replaces = kind.endpoint().is_some_and(|endpoint| endpoint.consumes.is_some());
        assert!(variables.insert(kind.variable) != replaces, "{} stands twice", kind.variable);
        let provider = provider_of(kind).expect("a provider");
        assert!(kind.variable.starts_with(&format!("{}_", provider.name.to_uppercase())), "{}", kind.variable);
    }
    for provider in PROVIDERS {
        assert!(!provider.kinds.is_empty(), "{}", provider.name);
    }
}

#[test]
fn its_help_has_every_text_and_every_flag() {
    for kind in kinds() {
        let help = tokenmint(&format!("{} --help", kind.name)).stdout(contains("Usage:")).run().stdout;
        let short = tokenmint(&format!("{} -h", kind.name)).stdout(starts_with(kind.help.about)).run().stdout;
        let top = tokenmint("--help").stdout(contains(kind.help.about)).run().stdout;
        assert!(top.contains(&format!("  {}", kind.name)), "{top}");
        assert!(kind.help.about.len() <= 70 && !kind.help.about.ends_with('.'), "{}", kind.help.about);
        assert!(kind.help.long.len() > kind.help.about.len() && kind.help.long.ends_with('.'), "{}", kind.help.long);
        let words: Vec<&str> = help.split_whitespace().collect();
        let long: Vec<&str> = kind.help.long.split_whitespace().collect();
        assert!(words.windows(long.len()).any(|window| window == long), "{}: {help}", kind.name);
        assert!(help.contains(kind.variable), "{}", kind.variable);
        for flag in kind.flags().flat_map(flags) {
            assert!(help.contains(&flag), "{flag} in {help}");
        }
        for field in kind.flags() {
            assert!(short.contains(&field.spelling()), "{} in {short}", field.spelling());
        }
    }
}

#[test]
fn its_examples_are_calls_of_it_and_one_needs_no_credentials() {
    for kind in kinds() {
        let examples: Vec<&str> = kind.help.examples.lines().collect();
        assert!(examples.len() >= 3, "{kind:?}");
        for example in &examples {
            assert!(example.contains(&format!("tokenmint {} ", kind.name)), "{example}");
        }
        let free = |example: &&&str| example.contains("--profile emulator") || example.contains("--dry-run");
        assert!(examples.iter().any(|example| free(&example)), "{examples:?}");
    }
}

#[test]
fn its_fields_are_declared_whole() {
    for kind in kinds() {
        let mut spelled = BTreeSet::new();
        assert!(kind.fields.iter().any(|field| field.required), "{kind:?} needs nothing");
        for field in kind.fields {
            let key = |letter: char| letter.is_ascii_lowercase();
            assert!(is_made_of(field.key, key, '_'), "{kind:?}: {}", field.key);
            for flag in flags(field) {
                assert!(spelled.insert(flag.clone()), "{kind:?}: {flag} stands for two fields");
            }
            let own = field.flag.name.replace('-', "_") == field.key;
            let first = kind.field(field.key).expect("the field itself");
            // The singular of a list, or another way to give a field whose own flag there is.
            let other = field.input.repeats() || first.flag.name != field.flag.name;
            assert!(own || other, "{kind:?}: {} sets {}", field.flag.name, field.key);
            assert_eq!(field.required, first.required, "{kind:?}: {}", field.key);
            assert!(!field.summary().is_empty() && !field.summary().ends_with('.'), "{}", field.help);
            assert!(field.summary().chars().count() <= 70, "{}", field.help);
            let value = match field.flag.value {
                Value::Required(value) | Value::Optional(value) | Value::Argument(value) => value,
                Value::Switch => "BOOL",
            };
            assert!(!value.is_empty(), "{kind:?}: {}", field.flag.name);
            if let Some(fallback) = field.default {
                assert!(is_made_of(fallback.profile_key, key, '_'), "{}", fallback.profile_key);
                assert!(fallback.variables.iter().all(|name| field.help.contains(name)), "{}", field.help);
            }
        }
    }
}

#[test]
fn every_field_has_a_limit_in_our_words_and_in_those_of_the_service() {
    let text = |length: usize| format!("\"{}\"", "é".repeat(length));
    let wrong = ["7", "-1", "1.5", "\"\"", "[]", "[7]", "{}", "true", "null"].map(str::to_owned).into_iter();
    let wrong: Vec<String> = wrong.chain([text(1), text(5_000)]).collect();
    for kind in kinds() {
        for field in kind.fields {
            let problems: Vec<_> = wrong.iter().flat_map(|raw| field.check(raw)).collect();
            assert!(!problems.is_empty(), "{kind:?}: {} takes everything", field.key);
            for problem in problems {
                let said = problem.to_string();
                assert!(!said.is_empty() && !said.ends_with('.') && said.chars().count() < 200, "{said}");
                if matches!(kind.minting, Minting::Http(_)) {
                    let (code, message) = problem.complaint("Field").expect("the service refuses it, too");
                    assert!(is_made_of(code, |letter| letter.is_ascii_lowercase(), '_'), "{code}");
                    assert!(!message.is_empty() && !message.contains("{}"), "{message}");
                }
            }
        }
    }
}

#[test]
fn its_answer_begins_with_the_token_and_its_emulation_goes_with_it() {
    let mut paths = BTreeSet::new();
    for kind in kinds() {
        let members = kind.members();
        assert_eq!(members.first(), Some(&Member::TOKEN), "{kind:?}");
        assert_eq!(members.iter().map(|member| member.key).collect::<BTreeSet<_>>().len(), members.len(), "{kind:?}");
        let Some(endpoint) = kind.endpoint() else {
            assert!(kind.emulation.is_none(), "{kind:?} is not asked of a service");
            continue;
        };
        assert!(endpoint.path.starts_with("/api/") && paths.insert(endpoint.path), "{}", endpoint.path);
        assert!(!endpoint.scope.is_empty(), "{kind:?}");
        if let Some(consumed) = endpoint.consumes {
            assert!(kind.field(consumed.field).is_some_and(|field| field.required), "{kind:?}: {}", consumed.field);
            let Consumed { unclear, lost, saved, remedy, refused, once, no_batch, raw, .. } = consumed;
            for text in [unclear, lost, saved, remedy, refused, once, no_batch, raw] {
                assert!(!text.is_empty() && !text.ends_with('.') && text.chars().count() <= 120, "{text}");
            }
        }
        for (_, key) in endpoint.other_attributes {
            assert!(kind.field(key).is_some(), "{kind:?}: {key}");
        }
        let emulation = kind.emulation.as_ref().expect("an emulation");
        assert!(matches!(emulation.status, 200 | 201), "{kind:?}");
        let (Form::Signed(typ) | Form::Encrypted(typ)) = emulation.form;
        assert!(typ.chars().all(|letter| letter.is_ascii_alphanumeric()), "{typ}");
    }
}

#[test]
fn the_emulator_mints_it_and_our_json_has_every_member() {
    for kind in kinds().filter(|kind| kind.emulation.is_some() && cfg!(feature = "emulator")) {
        let line = crate::emulator_lines().iter().find(|line| line.split(' ').next() == Some(kind.name));
        let line = line.unwrap_or_else(|| panic!("emulator_lines has no {kind:?}"));
        let run = tokenmint_with_input(line).args(["--profile", "emulator", "-o", "json"]);
        let object = run.stdout(starts_with("{")).run().json();
        assert_eq!(object["kind"], kind.name);
        for member in kind.members() {
            assert!(object[member.key].is_string(), "{} in {object}", member.key);
        }
        let encrypted = object["token"].as_str().map(|token| token.split('.').count()) == Some(5);
        let form = &kind.emulation.as_ref().expect("an emulation").form;
        assert_eq!(encrypted, matches!(form, Form::Encrypted(_)), "{kind:?}");
        let run = tokenmint_with_input(line).args(["--profile", "emulator", "-o", "dotenv", "-q"]);
        let text = run.stdout(starts_with(format!("{}=eyJ", kind.variable))).run().stdout;
        let renews = kind.members().iter().any(|member| member.role == Role::Refresh);
        assert_eq!(text.lines().count(), if renews { 2 } else { 1 }, "{kind:?}");
    }
}

#[test]
fn what_its_requests_authenticate_with_is_declared_whole() {
    for kind in kinds() {
        let Some(endpoint) = kind.endpoint() else { continue };
        if let Some(refused) = endpoint.authentication.refused() {
            assert!(refused.what.starts_with("the ") && !refused.hint.is_empty(), "{kind:?}");
            assert!(refused.field.is_none_or(|key| kind.field(key).is_some_and(|field| field.required)), "{kind:?}");
        }
        let Authentication::Bearer(bearer) = &endpoint.authentication else { continue };
        let issuer = kinds().find(|issuer| issuer.name == bearer.issuer).expect("its issuer");
        assert_eq!(bearer.sought.variable, issuer.variable);
        assert!(bearer.token.input.is_secret() && !bearer.issue.input.is_secret());
        // With the one flag the issuer's request is whole.
        let required: Vec<&str> =
            issuer.fields.iter().filter(|field| field.required).map(|field| field.flag.name).collect();
        assert_eq!(required, [bearer.issue.flag.name]);
        // What is an input of ours is hidden from the programs that we start, and from every message.
        let secrets = provider_of(kind).expect("a provider").credentials.other_secrets;
        assert!(secrets.contains(&bearer.sought.variable), "{secrets:?}");
        for field in [&bearer.token, &bearer.issue] {
            assert!(!field.required && kind.fields.iter().all(|own| own.flag.name != field.flag.name));
            assert!(field.summary().chars().count() <= 70 && !field.summary().ends_with('.'), "{}", field.help);
        }
    }
}

/// The flags that a table of help names for an attribute.
fn row<'a>(help: &'a str, attribute: &str) -> Option<&'a str> {
    help.lines().find_map(|line| line.trim_start().strip_prefix(attribute)?.strip_prefix(' ')).map(str::trim)
}

#[test]
fn its_help_names_the_flags_of_the_attributes_of_a_422_that_are_not_named_like_them() {
    for kind in kinds() {
        let help = tokenmint(&format!("{} --help", kind.name)).stdout(contains("Usage:")).run().stdout;
        let table = help.split_once("Attributes of a 422").map_or("", |(_, table)| table);
        let table = table.split("\n\n").next().unwrap_or_default();
        let Some(endpoint) = kind.endpoint() else {
            assert!(table.is_empty(), "{kind:?}");
            continue;
        };
        for field in kind.fields {
            let flags: Vec<String> =
                kind.fields.iter().filter(|other| other.key == field.key).map(Field::spelling).collect();
            let obvious = flags == [format!("--{}", field.key.replace('_', "-"))];
            let expected = if obvious { None } else { Some(flags.join(", ")) };
            assert_eq!(row(table, field.key).map(str::to_owned), expected, "{kind:?}: {}", field.key);
        }
        for (attribute, _) in endpoint.other_attributes {
            assert!(row(table, attribute).is_some_and(|flags| flags.starts_with("--")), "{attribute} in {table}");
        }
    }
}

fn assert_generated(kind: &Kind) {
    let page = file(&format!("man/tokenmint-{}.1", kind.name)).replace("\\-", "-");
    for field in kind.flags() {
        assert!(page.contains(&field.spelling()), "{} in the man page of {kind:?}", field.spelling());
    }
    // The scripts of the shells ask for what can follow, so this goes for all of them.
    let offered = tokenmint(&format!("__complete {} =--", kind.name)).stdout(starts_with("nothing\n")).run().stdout;
    for field in kind.flags().filter(|field| !field.is_argument()) {
        assert!(offered.contains(&format!("\n{}\t", field.dashed())), "{} in {offered}", field.dashed());
    }
    let commands = tokenmint("__complete =").stdout(starts_with("nothing\n")).run().stdout;
    assert!(commands.contains(&format!("\n{}\t", kind.name)), "{kind:?} in {commands}");
    let readme = file("README.md");
    assert!(readme.contains(&format!("tokenmint {} ", kind.name)), "{kind:?} in the README");
}

#[test]
fn its_man_page_its_completions_and_the_readme_know_it() {
    kinds().for_each(assert_generated);
}

/// Services count in minutes, seconds or times; whoever mints says how long.
#[test]
fn every_kind_takes_a_lifetime_under_both_names() {
    for kind in kinds() {
        let takes = |name: &str| kind.fields.iter().any(|field| flags(field).contains(&name.to_owned()));
        // What a click-to-call widget and a refresh answer with has a lifetime of the service's choice.
        let chosen = matches!(kind.name, "embed" | "refresh");
        assert!(chosen || takes("--ttl") && takes("--expires-in"), "{kind:?}");
    }
}
