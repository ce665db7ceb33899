//! The picture of a terminal at the top of the README, drawn from real runs. With `TOKENMINT_BLESS=1` in the environment
//! the test writes it; otherwise it compares.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::emulator::Emulator;
use crate::harness::tokenmint;
use crate::terminal::Terminal;
use crate::twilio::{ACCOUNT, KEY, SECRET};

/// Relative to the root of the repository.
const FILE: &str = ".github/terminal.svg";

const COLUMNS: u16 = 90;

/// What is typed, and how many of the lines that it prints are shown.
const COMMANDS: [(&str, usize); 4] = [
    ("tokenmint chat --ttl 3600 --channel lobby=rw", usize::MAX),
    ("tokenmint chat --ttl 1h --channel lobby=rw --member-id alice", usize::MAX),
    // -q, because the note of the one could come before or after the first lines of the other.
    ("tokenmint twilio --identity alice --video=standup --sync -q | tokenmint inspect", 6),
    ("tokenmint explain 20101", usize::MAX),
];

/// What a terminal shows for a command line: text with escape sequences.
fn screen(line: &str, emulator: &Emulator) -> String {
    // The program's path is the script's first argument.
    let script = format!("program=$1; tokenmint() {{ \"$program\" \"$@\"; }}; {line}");
    let mut run = tokenmint("").shell(&script).env("TERM", "xterm-256color").env("TZ", "UTC");
    for name in ["SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"] {
        run = run.env(name, emulator.exported(name));
    }
    run = run.env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_API_KEY", KEY).env("TWILIO_API_SECRET", SECRET);
    let (_, screen, _) = Terminal::with_columns(run, COLUMNS).end();
    screen
}

/// The one place where a picture differs from its runs: tokens, times and the second in which a lifetime is read differ
/// from run to run and get fixed text.
fn settle(line: &str) -> String {
    const TOKEN: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkNSVCIsImtpZCI6ImIxYTgifQ.eyJpYXQiOjE4OTM0OTkyMDAsInQiOjYwLCJjaG";
    const TIME: &str = "2030-01-01T12:00:00Z";
    const CLOCK: &str = "(12:00)";
    if line.starts_with("eyJ") {
        return format!("{}…", &TOKEN[..usize::from(COLUMNS) - 1]);
    }
    let mut line = line.to_owned();
    if let Some(place) = line.find("Z, in ") {
        let start = place + 1 - TIME.len();
        line = format!("{}{TIME}, in 1h", &line[..start]);
    }
    for before in ["token for alice: expires in ", "valid, expires in "] {
        if let Some((start, rest)) = line.split_once(before) {
            let end = rest.find('\u{1b}').map_or("", |end| &rest[end..]);
            let clock = if rest.contains('(') { format!(" {CLOCK}") } else { String::new() };
            line = format!("{start}{before}1h{clock}{end}");
        }
    }
    line
}

/// How a stretch of text looks.
#[derive(Clone, Copy, PartialEq)]
struct Style {
    colour: &'static str,
    is_bold: bool,
}

const PLAIN: Style = Style { colour: "#e6edf3", is_bold: false };
const PROMPT: Style = Style { colour: "#8b949e", is_bold: false };
const TYPED: Style = Style { colour: "#ffffff", is_bold: true };
const BACKGROUND: &str = "#161b22";
const FRAME: &str = "#6e7681";

impl Style {
    /// The style after the parameters of a `CSI … m` sequence.
    fn after(self, parameters: &str) -> Self {
        parameters.split(';').fold(self, |style, parameter| match parameter {
            "" | "0" => PLAIN,
            "1" => Style { is_bold: true, ..style },
            "2" => Style { colour: "#8b949e", ..style },
            "31" => Style { colour: "#ff7b72", ..style },
            "32" => Style { colour: "#56d364", ..style },
            "33" => Style { colour: "#e3b341", ..style },
            "36" => Style { colour: "#56d4dd", ..style },
            other => panic!("a colour for {other}"),
        })
    }
}

/// The stretches of one line that have a style each.
fn stretches(line: &str) -> Vec<(Style, String)> {
    let mut parts = line.split("\u{1b}[");
    let mut stretches = vec![(PLAIN, parts.next().unwrap_or_default().to_owned())];
    let mut style = PLAIN;
    for part in parts {
        let (parameters, text) = part.split_once('m').expect("a colour is the only sequence");
        style = style.after(parameters);
        stretches.push((style, text.to_owned()));
    }
    stretches.retain(|(_, text)| !text.is_empty());
    stretches
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Lines of stretches as a picture: a monospace grid whose cells have one width in every font.
fn draw(lines: &[Vec<(Style, String)>]) -> String {
    // In tenths of a pixel: the width of a cell, the height of a line, the margin.
    const CELL: usize = 84;
    const LINE: usize = 190;
    const MARGIN: usize = 160;
    let pixels = |tenths: usize| format!("{}.{}", tenths / 10, tenths % 10);
    let (width, height) = (usize::from(COLUMNS) * CELL + 2 * MARGIN, lines.len() * LINE + 2 * MARGIN);
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\">\n\
         <title>tokenmint in a terminal</title>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{2}\" height=\"{3}\" rx=\"8\" fill=\"{BACKGROUND}\" stroke=\"{FRAME}\"/>\n\
         <g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\">\n",
        pixels(width),
        pixels(height),
        pixels(width - 10),
        pixels(height - 10),
    );
    for (row, line) in lines.iter().enumerate() {
        let mut column = 0;
        for (style, text) in line {
            let blanks = text.chars().take_while(|&character| character == ' ').count();
            let (start, length) = (column + blanks, text.trim().chars().count());
            column += text.chars().count();
            if length > 0 {
                let weight = if style.is_bold { " font-weight=\"bold\"" } else { "" };
                let _ = writeln!(
                    picture,
                    "<text x=\"{}\" y=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" \
                     fill=\"{}\"{weight}>{}</text>",
                    pixels(MARGIN + start * CELL),
                    pixels(MARGIN + row * LINE + 140),
                    pixels(length * CELL),
                    style.colour,
                    escape(text.trim())
                );
            }
        }
        assert!(column <= usize::from(COLUMNS), "{column} columns in line {row}");
    }
    picture + "</g>\n</svg>\n"
}

#[test]
fn the_picture_of_the_readme_shows_what_the_program_prints() {
    let emulator = Emulator::start();
    let mut lines = Vec::new();
    for (command, shown) in COMMANDS {
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        lines.push(vec![(PROMPT, "$ ".to_owned()), (TYPED, command.to_owned())]);
        lines.extend(screen(command, &emulator).lines().take(shown).map(|line| stretches(&settle(line))));
    }
    let picture = draw(&lines);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if !file.parent().is_some_and(|folder| folder.join("workflows").is_dir()) {
        println!("left out: there is no picture in a packed crate");
        return;
    }
    if std::env::var_os("TOKENMINT_BLESS").is_some() {
        fs::write(&file, picture).expect("a file");
        return;
    }
    let held = fs::read_to_string(&file).unwrap_or_default();
    assert!(held == picture, "{FILE} is stale; run TOKENMINT_BLESS=1 cargo test --test cli picture\n{picture}");
}

#[test]
fn colours_become_stretches_and_text_is_escaped() {
    let bold_red = Style { colour: "#ff7b72", is_bold: true };
    let expected = vec![(bold_red, "error:".to_owned()), (PLAIN, " a < b".to_owned())];
    assert!(stretches("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m a < b") == expected);
    assert!(stretches("\u{1b}[1;31merror:\u{1b}[m a < b") == expected);
    let picture = draw(&[expected]);
    assert!(picture.contains(">error:</text>") && picture.contains(">a &lt; b</text>"), "{picture}");
}

#[test]
fn what_differs_between_runs_is_settled() {
    for (line, settled) in [
        ("chat token for alice: expires in 59m 59s (2026-11-25 00:23)", "chat token for alice: expires in 1h (12:00)"),
        ("\u{1b}[32m✓ valid, expires in 59m 59s\u{1b}[0m", "\u{1b}[32m✓ valid, expires in 1h\u{1b}[0m"),
        ("  expires    2026-11-25T00:23:06Z, in 59m 59s", "  expires    2030-01-01T12:00:00Z, in 1h"),
        ("hint: 3600s is 1h", "hint: 3600s is 1h"),
    ] {
        assert_eq!(settle(line), settled);
    }
    assert_eq!(settle("eyJhbGciOiJIUzUxMiJ9.e30.c2ln").chars().count(), usize::from(COLUMNS));
}
