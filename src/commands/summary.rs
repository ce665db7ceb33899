//! What a person at a terminal wants to know of a new token: for whom it is, how long it lives, and until when by the
//! clock on the wall.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::options::Mint;
use crate::text;
use crate::time;
use crate::token::Token;

/// `chat token for alice: expires in 1h (14:05)`. `None` where the end is not known: that a token never expires is a hint.
pub(super) fn of(mint: &Mint, token: &Token, now: Timestamp) -> Option<String> {
    let zone = TimeZone::try_system().ok().filter(|zone| !zone.is_unknown());
    token.expires_at.map(|expiry| sentence(mint, expiry, now, zone))
}

fn sentence(mint: &Mint, expiry: Timestamp, now: Timestamp, zone: Option<TimeZone>) -> String {
    let left = expiry.as_second() - now.as_second();
    // The service's clock may differ by a second or two, and 59m 59s is not what was asked for.
    let left = if left > 120 { (left + 30) / 60 * 60 } else { left };
    let utc = if zone.is_none() { " UTC" } else { "" };
    let end = time::format_local(expiry, now, &zone.unwrap_or(TimeZone::UTC));
    format!("{} token{}: expires in {} ({end}{utc})", mint.kind.name, subject(mint), time::format_approx(left))
}

/// ` for alice`, or nothing where no flag says so.
fn subject(mint: &Mint) -> String {
    let typed = |repeats: bool| {
        let naming = mint.kind.fields.iter().filter(move |field| field.names_token && field.input.repeats() == repeats);
        let given = naming.filter_map(|field| mint.given.get(field.flag.name));
        given.flatten().flatten().map(String::as_str).collect::<Vec<_>>()
    };
    // Whose token it is says more than its channels.
    let names = Some(typed(false)).filter(|names| !names.is_empty()).unwrap_or_else(|| typed(true));
    if names.is_empty() { String::new() } else { format!(" for {}", text::clip(&names.join(", "), 60)) }
}
