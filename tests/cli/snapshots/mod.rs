//! What every refusal, warning, hint and page of help looks like, byte for byte. The files in `snapshots/` list
//! invocations by topic; `TOKENMINT_BLESS=1` rewrites what is recorded below each, and without it any difference fails.
//!
//! An invocation is a title, a set-up, a command line, and the record:
//!
//! ```text
//! == a --ttl without a unit
//! credentials
//! $ tokenmint chat --ttl 60 -c lobby=rw
//! exit 2
//!   ! error: …
//! ```
//!
//! Set-up, one step a line, its text indented behind `  | ` below it:
//!
//! - `credentials`, `twilio`: the standard set of either service in the environment.
//! - `env NAME=VALUE`, `unset NAME`, `stdin`, `config [MODE]`, `file NAME [MODE]`, `folder NAME`, `link NAME -> TARGET`.
//! - `answer WHAT` and `header NAME: VALUE`: what the scripted server answers, in this order, the last one again and again;
//!   `play::answer` lists the kinds. Without a script it mints. `calls vary`: how often it was called is not recorded.
//! - `tls good|expired|future|other-name|none`: the space is behind TLS with such a certificate; its CA is `ca.pem`.
//! - `jwt`: header and claims of the token `{jwt}`.
//!
//! The command line knows quotes and nothing else of a shell. `post PATH BODY` instead asks the emulator. Placeholders
//! stand for values that vary, in both directions: `{server}`, `{root}`, `{chat}` and others in `mask`.
//!
//! Record: `exit CODE`, `sent REQUESTS` if there were any, stdout behind `  > `, stderr behind `  ! `, and each file that
//! the program wrote behind `  = `.

/// One invocation: how it is set up, and what is recorded about it.
mod case;
/// Placeholders for values that vary from run to run.
mod mask;
/// Runs an invocation and writes down what came of it.
mod play;
/// The sentences in the sources, and which of them no snapshot shows.
mod sentences;
/// Every file of invocations held to its record, and that nothing is missing from them.
mod topics;
