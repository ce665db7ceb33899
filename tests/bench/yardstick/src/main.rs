//! The floor under tokenmint's figures: what blocking ureq, and hmac with sha2, cost when a program does nothing else.
//! It checks nothing and explains nothing, so it is no example of how to mint a token.

mod chat;
mod twilio;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

const USAGE: &str = "usage: yardstick chat URL CA_FILE
       yardstick chat-batch URL CA_FILE JOBS COUNT
       yardstick twilio
       yardstick twilio-batch THREADS < LINES > LINES";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<(), Box<dyn Error>> {
    match words {
        ["chat", url, ca] => {
            let token = chat::mint(&chat::agent(ca, 1)?, url)?;
            Ok(writeln!(std::io::stdout(), "{token}")?)
        }
        ["chat-batch", url, ca, jobs, count] => chat::batch(url, ca, jobs.parse()?, count.parse()?),
        ["twilio"] => Ok(writeln!(std::io::stdout(), "{}", twilio::one()?)?),
        ["twilio-batch", threads] => twilio::batch(threads.parse()?),
        _ => Err(USAGE.into()),
    }
}
