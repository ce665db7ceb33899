//! Whether a stream gets colours, and text without them.

use std::ffi::OsString;

use anstream::{AutoStream, ColorChoice};

use super::Color;

impl Color {
    /// For results on stdout.
    pub fn on_stdout(self) -> bool {
        self.decide(std::env::var_os, || AutoStream::choice(&std::io::stdout()) != ColorChoice::Never)
    }

    /// For messages on stderr.
    pub fn on_stderr(self) -> bool {
        self.decide(std::env::var_os, || AutoStream::choice(&std::io::stderr()) != ColorChoice::Never)
    }

    /// `usual` knows the stream, `TERM` and all variables but `FORCE_COLOR`, which it does not read.
    fn decide(self, variable: impl Fn(&'static str) -> Option<OsString>, usual: impl FnOnce() -> bool) -> bool {
        let given = |name| variable(name).filter(|value| !value.is_empty());
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if given("NO_COLOR").is_some() => false,
            Color::Auto => given("FORCE_COLOR").map_or_else(usual, |value| value != "0" && value != "false"),
        }
    }
}

/// A text without its colours.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_comes_before_the_variables_and_no_before_force() {
        let decide = |color: Color, variables: &[(&str, &str)], usual: bool| {
            let find = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
            color.decide(find, || usual)
        };
        assert!(decide(Color::Always, &[("NO_COLOR", "1")], false));
        assert!(!decide(Color::Never, &[("FORCE_COLOR", "1")], true));
        assert!(!decide(Color::Auto, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], true));
        assert!(decide(Color::Auto, &[("NO_COLOR", ""), ("FORCE_COLOR", "1")], false));
        assert!(!decide(Color::Auto, &[("FORCE_COLOR", "0")], true));
        for usual in [true, false] {
            assert_eq!(decide(Color::Auto, &[("FORCE_COLOR", "")], usual), usual);
            assert_eq!(decide(Color::Auto, &[], usual), usual);
        }
    }
}
