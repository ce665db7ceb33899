//! How a run reports: colours and verbosity.

/// When output for people is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`, `FORCE_COLOR` or `TERM` say otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How this run speaks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Verbosity {
    /// Failures as one JSON object, notes not at all: they stand in the result.
    pub json: bool,
    /// No notes, hints and warnings.
    pub quiet: bool,
    /// What each step does.
    pub verbose: bool,
    /// Colours.
    pub color: Color,
}
