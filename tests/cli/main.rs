//! Black-box tests of the built binary, written from what it promises. Expected bytes are written out by hand.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends by panicking")]
#![allow(clippy::print_stdout, reason = "a test may print a figure")]

/// One run: what the program may see, and what it must say.
mod harness;
/// A loopback server that records what arrives and answers as told.
mod server;
/// A program on a terminal.
#[cfg(target_os = "linux")]
mod terminal;
/// A scripted server behind TLS, good or bad, and the proxies on the way to it.
mod tls_server;

/// What a server may answer, and what the exit code then is.
mod answers;
/// Many lines in one run.
mod batch;
/// A service that limits requests or is not available for a while.
mod busy;
/// A run that goes on where an earlier one ended.
mod batch_resume;
/// Batch lines of every kind.
mod batch_kinds;
/// Signals for a command after `--`.
#[cfg(unix)]
mod child_signals;
/// What goes over one connection.
#[cfg(unix)]
mod connections;
/// Credentials: one set, from one source.
mod credentials;
/// What a refusal of the credentials names.
mod credentials_refused;
/// The curl command of the chosen credentials.
mod curl;
/// The emulator, as a profile and as a server.
#[cfg(feature = "emulator")]
mod emulator;
/// The emulator as a test double: a command, a line per request, failures on demand.
#[cfg(all(unix, feature = "emulator"))]
mod emulator_double;
/// A server of the program that runs, and raw HTTP to it.
#[cfg(all(unix, feature = "emulator"))]
mod running;
/// Tokens for pages in development.
#[cfg(all(unix, feature = "emulator"))]
mod serve;
/// Tokens for pages in a real browser.
#[cfg(all(target_os = "linux", feature = "emulator"))]
mod serve_browser;
/// Servers of the program under rude, slow and too many clients.
#[cfg(all(unix, feature = "emulator"))]
mod serve_hostile;
/// A build without the server.
#[cfg(not(feature = "emulator"))]
mod without_server;
/// The example configuration, filled in and as it stands.
mod example_config;
/// Variables set in a dotenv file.
mod dotenv_file;
/// Batches that end early or run side by side.
mod batch_end;
/// Batches of odd sizes.
mod batch_limits;
/// The mark of what a batch line asked for.
mod batch_request;
/// Secrets are on none of the ways out.
#[cfg(unix)]
mod canary;
/// The command after `--` as a process.
#[cfg(unix)]
mod child_process;
/// Pages of help.
mod help;
/// What a credential helper may use, and when it ends.
#[cfg(unix)]
mod helper_life;
/// Programs that print a secret.
#[cfg(unix)]
mod helpers;
/// What is read, from where, and what of it is shown.
#[cfg(unix)]
mod trust;
/// Servers and systems that mean ill: what they cost, and what they leave behind.
#[cfg(unix)]
mod hostile;
/// What a token looks like on stdout, in a file, in a variable.
mod output;
/// Formats that name variables, in files and in real shells.
mod output_variables;
/// What releases are made of agrees with itself.
mod packaging;
/// What holds for every input, not only for those that somebody thought of.
mod properties;
/// Calls that are wrong: nothing is sent.
mod refusals;
/// The table of hazards names tests that there are.
mod hazards;
/// Standard streams that are not ready.
#[cfg(unix)]
mod streams;
/// What may go wrong between a token and the place that it was minted for.
#[cfg(unix)]
mod delivery;
/// Networks and servers that are not as they should be.
#[cfg(unix)]
mod network;
/// SOCKS proxies that refuse.
mod socks;
/// Services that are not there, and ports that speak something else.
mod unreachable;
/// Which texts are a space, and which are not.
mod spaces;
/// Certificates, handshakes and proxies.
mod tls;
/// Answers that come late, broken, twice or from elsewhere.
mod transport;
/// Files in other encodings than UTF-8.
mod encodings;
/// Endings of programs, names of files, and files in use, on Windows.
#[cfg(windows)]
mod windows;
/// The layers of the source.
mod arrows;
/// The shape inside the folders of the source.
mod house;
/// Every kind of token is complete.
mod kinds;
/// What a batch line and a body may hold.
mod line_forms;
/// Mistakes that would pass in silence.
mod silence;
/// Subscriber tokens.
mod subscriber;
/// Refresh tokens exchanged for new pairs.
mod refresh;
/// Pairs that are replaced where they are.
#[cfg(unix)]
mod refresh_in_place;
/// Invite tokens, and the subscriber token that authenticates their requests.
mod invite;
/// Embed tokens, whose requests are not authenticated.
mod embed;
/// SignalWire's own command line against the emulator.
#[cfg(all(feature = "emulator", unix))]
mod sw;
/// What stands on the wire, byte by byte.
mod wire;
/// What `inspect` says of every kind of token.
mod inspect;
/// Error codes, explained.
mod explain;
/// Reports on a real terminal.
#[cfg(unix)]
mod report_terminal;
/// Profiles: listed, shown, checked, created.
mod profile;
/// Profiles that are added, with their secrets.
#[cfg(unix)]
mod profile_add;
/// Profiles that are edited, removed, or made the default.
#[cfg(unix)]
mod profile_change;
/// Presets: fields of a command, kept under a name.
mod presets;
/// Completions and man pages are those that the program prints.
mod generated;
/// Tokens that are kept and given again.
#[cfg(unix)]
mod reuse;
/// Reuse with presets, with tokens that authenticate, with servers.
#[cfg(unix)]
mod reuse_kinds;
/// A token in a file that stays fresh.
#[cfg(unix)]
mod renew;
/// Rules that hold for every command and flag.
mod tree;
/// Every command line of the README runs.
mod readme;
/// The picture of the README is drawn from real runs.
#[cfg(all(target_os = "linux", feature = "emulator"))]
mod picture;
/// What every refusal, warning and help page looks like, byte for byte.
#[cfg(all(unix, feature = "emulator"))]
mod snapshots;
/// Words of other tools, and slips of the keyboard.
mod typed_words;
/// What is missing, what was likely meant, and what would have no effect.
mod likely_mistakes;
/// Slips of people who know another tool, or forget a flag or an at sign: the hint is the command line to type.
mod slips;
/// What only a person at a terminal sees.
mod terminal_notes;
/// Scripts in real shells that stop when a mint fails.
#[cfg(unix)]
mod shells;
/// TAB in real shells.
#[cfg(target_os = "linux")]
mod tab;
/// The end of the emulator, and whom it serves until then.
#[cfg(all(feature = "emulator", unix))]
mod emulator_end;
/// The emulator over TLS.
#[cfg(feature = "emulator")]
mod emulator_tls;
/// Twilio Access Tokens.
mod twilio;
/// Twilio tokens of another time than now.
mod issued_at;

/// The least line of every command that the emulator can answer; none where it is not built in.
fn emulator_lines() -> &'static [&'static str] {
    use harness::{CHAT, EMBED, GUEST_COMMAND, INVITE, PUBSUB, REFRESH_COMMAND, SUBSCRIBER, VIDEO};
    let lines = &[CHAT, PUBSUB, GUEST_COMMAND, VIDEO, SUBSCRIBER, REFRESH_COMMAND, INVITE, EMBED];
    if cfg!(feature = "emulator") { lines } else { &[] }
}
/// Credentials that are certainly wrong.
mod wrong_credentials;
