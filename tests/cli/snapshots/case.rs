//! One invocation: how it is set up, and what is recorded about it.

use std::fmt;

/// A file of invocations.
pub struct Sheet {
    /// The comment at its top.
    pub preface: Vec<String>,
    pub cases: Vec<Case>,
}

/// An invocation and its record.
pub struct Case {
    pub title: String,
    /// Its set-up: each line before the invocation, with the indented lines below it.
    pub setup: Vec<Step>,
    /// The command line, as it is typed.
    pub line: String,
    /// Exit code, requests, streams and files.
    pub recorded: Vec<String>,
}

/// One line of a set-up.
pub struct Step {
    pub words: String,
    /// The text below it, line by line.
    pub text: Vec<String>,
}

impl Step {
    /// The first word, and the others.
    pub fn parts(&self) -> (&str, &str) {
        self.words.split_once(' ').unwrap_or((&self.words, ""))
    }

    /// The text below, with a line break at the end of each line.
    pub fn body(&self) -> String {
        self.text.iter().fold(String::new(), |body, line| body + line + "\n")
    }
}

impl Case {
    /// An invocation without any set-up, not yet recorded.
    pub fn bare(title: &str, line: &str) -> Self {
        Case { title: title.to_owned(), setup: Vec::new(), line: line.to_owned(), recorded: Vec::new() }
    }

    fn read(&mut self, line: &str, place: &str) {
        if self.line.is_empty() {
            match (line.strip_prefix("$ "), line.strip_prefix("  | ").or((line == "  |").then_some(""))) {
                (Some(typed), _) => typed.clone_into(&mut self.line),
                (None, Some(text)) => {
                    self.setup
                        .last_mut()
                        .unwrap_or_else(|| panic!("{place}: text of nothing"))
                        .text
                        .push(text.to_owned());
                }
                (None, None) => self.setup.push(Step { words: line.to_owned(), text: Vec::new() }),
            }
        } else {
            self.recorded.push(line.to_owned());
        }
    }
}

impl Sheet {
    /// The invocations of a file.
    pub fn parse(text: &str, name: &str) -> Self {
        let mut sheet = Sheet { preface: Vec::new(), cases: Vec::new() };
        for (number, line) in (1..).zip(text.lines()) {
            let place = format!("{name}:{number}");
            if let Some(title) = line.strip_prefix("== ") {
                sheet.cases.push(Case::bare(title, ""));
            } else if let Some(case) = sheet.cases.last_mut() {
                if !line.is_empty() {
                    case.read(line, &place);
                }
            } else if !line.is_empty() {
                assert!(line.starts_with('#'), "{place}: a comment or a case");
                sheet.preface.push(line.to_owned());
            }
        }
        for case in &sheet.cases {
            assert!(!case.line.is_empty(), "{name}: '{}' has no invocation", case.title);
        }
        sheet
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.preface {
            writeln!(out, "{line}")?;
        }
        for case in &self.cases {
            writeln!(out, "\n== {}", case.title)?;
            for step in &case.setup {
                writeln!(out, "{}", step.words)?;
                step.text.iter().try_for_each(|line| writeln!(out, "{}", format!("  | {line}").trim_end()))?;
            }
            writeln!(out, "$ {}", case.line)?;
            case.recorded.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        }
        Ok(())
    }
}
