//! What releases are made of agrees with itself: workflows, scripts, the table of targets and the packages' templates.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's own folder for workflows; a packed crate has only a part of it.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github");
    let whole = folder.join("workflows").is_dir();
    if !whole {
        crate::harness::skipped("there are no workflows in a packed crate");
    }
    whole.then_some(folder)
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn workflows(folder: &Path) -> Vec<String> {
    ["workflows/ci.yml", "workflows/release.yml"].iter().map(|name| text(&folder.join(name))).collect()
}

#[test]
fn every_action_is_pinned_by_its_full_hash() {
    let Some(folder) = folder() else { return };
    let mut count = 0;
    for workflow in workflows(&folder) {
        for action in workflow.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: ")) {
            let (_, pin) = action.split_once('@').unwrap_or_else(|| panic!("a version in {action}"));
            let (hash, version) = pin.split_once(" # v").unwrap_or_else(|| panic!("the version's name in {action}"));
            assert!(hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{action}");
            assert!(version.split('.').count() == 3, "{action}");
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

/// A test without its program fails in CI unless the program may be missing: the script that says so must know them all.
#[test]
fn every_program_that_tests_try_is_one_that_the_checks_install() {
    let Some(folder) = folder() else { return };
    let script = text(&folder.with_file_name(".ci").join("run"));
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("cli");
    let mut count = 0;
    for entry in fs::read_dir(tests).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        for rest in text(&path).split("installed(\"").skip(1) {
            let (program, _) = rest.split_once('"').expect("a name");
            assert!(script.contains(&format!(" {program}:")), ".ci/run does not name {program}");
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

#[test]
fn every_script_that_a_workflow_names_is_there() {
    let Some(folder) = folder() else { return };
    for workflow in workflows(&folder) {
        for name in workflow.split(".github/scripts/").skip(1) {
            let end = name.find(|character: char| !(character.is_ascii_lowercase() || character == '-'));
            let script = folder.join("scripts").join(&name[..end.unwrap_or(name.len())]);
            assert!(text(&script).starts_with("#!/usr/bin/env bash\n"), "{}", script.display());
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = fs::metadata(&script).expect("a script").permissions().mode();
                assert!(mode & 0o111 != 0, "{} may be run", script.display());
            }
        }
    }
}

#[test]
fn formula_manifest_action_and_launcher_know_every_target() {
    let Some(folder) = folder() else { return };
    let (formula, scoop) = (text(&folder.join("packaging/tokenmint.rb")), text(&folder.join("packaging/scoop.json")));
    let action = text(&folder.join("actions/setup-tokenmint/install"));
    let table = text(&folder.join("packaging/targets"));
    let rows: Vec<Vec<&str>> =
        table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), 5, "{rows:?}");
    for row in rows {
        let [target, _, deb, image, npm, _] = row[..] else { panic!("six columns in {row:?}") };
        assert!(action.contains(&format!("target={target} ")), "the action has no {target}");
        let manifest = if target.contains("windows") { &scoop } else { &formula };
        assert!(manifest.contains(&format!("tokenmint-{target}.")), "no manifest has {target}");
        assert!(manifest.contains(&format!("@SUM_{target}@")), "no manifest has the sum of {target}");
        // Debian and containers have Linux programs, and both call the processors alike.
        assert_eq!((deb == "-", image), (!target.contains("linux"), deb), "{target}");
        // As Node's process.platform and process.arch.
        let system = npm.split('-').next().unwrap_or_default();
        assert!(["linux", "darwin", "win32"].contains(&system), "{npm}");
    }
}

#[test]
fn the_debian_package_has_this_version() {
    let changelog = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/packaging/deb/changelog");
    let first = format!("tokenmint ({}-1) ", env!("CARGO_PKG_VERSION"));
    assert!(text(&changelog).starts_with(&first), "the changelog begins with {first}");
}
