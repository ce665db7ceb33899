//! The permissions that a video room token can carry: the 44 that SignalWire's REST reference lists for `permissions`
//! (TypeSpec of the Video API, August 2026).

use crate::catalog::Problem;
use crate::catalog::rule::{Rule, SHOWN, not_strings};
use crate::json;
use crate::text::clip;

/// The 44 documented names.
pub const KNOWN: [&str; 44] = [
    "room.self.audio_mute",
    "room.self.audio_unmute",
    "room.self.video_mute",
    "room.self.video_unmute",
    "room.self.deaf",
    "room.self.undeaf",
    "room.self.set_input_volume",
    "room.self.set_output_volume",
    "room.self.set_input_sensitivity",
    "room.self.set_position",
    "room.self.set_meta",
    "room.self.raisehand",
    "room.self.lowerhand",
    "room.self.screenshare",
    "room.self.additional_source",
    "room.member.audio_mute",
    "room.member.audio_unmute",
    "room.member.video_mute",
    "room.member.video_unmute",
    "room.member.deaf",
    "room.member.undeaf",
    "room.member.set_input_volume",
    "room.member.set_output_volume",
    "room.member.set_input_sensitivity",
    "room.member.set_position",
    "room.member.set_meta",
    "room.member.raisehand",
    "room.member.lowerhand",
    "room.member.remove",
    "room.member.promote",
    "room.member.demote",
    "room.hide_video_muted",
    "room.show_video_muted",
    "room.list_available_layouts",
    "room.set_layout",
    "room.set_position",
    "room.set_meta",
    "room.lock",
    "room.unlock",
    "room.playback",
    "room.playback_seek",
    "room.prioritize_handraise",
    "room.recording",
    "room.stream",
];

/// The 11 that a token gets when none are asked for.
pub const DEFAULT: [&str; 11] = [
    "room.self.audio_mute",
    "room.self.audio_unmute",
    "room.self.video_mute",
    "room.self.video_unmute",
    "room.self.deaf",
    "room.self.undeaf",
    "room.self.set_input_volume",
    "room.self.set_output_volume",
    "room.self.set_input_sensitivity",
    "room.self.screenshare",
    "room.self.additional_source",
];

/// Whether the reference lists this name.
fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// Whether this could be a permission that is newer than our list: `room.` and a name after it.
fn may_be_new(name: &str) -> bool {
    name.strip_prefix("room.").is_some_and(|rest| !rest.is_empty())
}

/// The known name that is nearest to a misspelt one, if one is near.
fn nearest(name: &str) -> Option<&'static str> {
    crate::text::nearest(name, KNOWN)
}

/// Named by some of the service's own documents, though not by the schema of the request.
const ALSO_TAKEN: &str = "room.stream.start";

/// A list of permissions: known ones, or `room.…` names that may be newer than the list, with a warning.
pub(super) struct Permissions;

impl Rule for Permissions {
    fn check(&self, raw: &str) -> Vec<Problem> {
        match json::as_strings(raw) {
            None => vec![not_strings()],
            Some(entries) => {
                let unknown = entries.iter().filter(|entry| !is_known(entry)).enumerate();
                unknown.map(|(place, entry)| problem(entry, place < MAX_SUGGESTIONS)).collect()
            }
        }
    }

    fn limit(&self) -> Option<String> {
        Some(format!("{} known names; an unknown room.… name causes a warning and is sent", KNOWN.len()))
    }

    fn suggestions(&self) -> &'static [&'static str] {
        &KNOWN
    }
}

/// Of many thousand wrong names only a few are ever shown, and the search for the nearest is slow.
const MAX_SUGGESTIONS: usize = 10;

fn problem(given: &str, suggest: bool) -> Problem {
    let shown = clip(given, SHOWN);
    let problem =
        |sentence: String| Problem::new(sentence, "unsupported_option", "{} contain an unsupported permission");
    if given.is_empty() {
        return problem("has an empty entry".to_owned()).hint(Some("check that the variable is set".to_owned()));
    }
    if !may_be_new(given) {
        let hint = suggest.then(|| nearest(given)).flatten().map(|nearest| format!("did you mean '{nearest}'?"));
        return problem(format!("takes names that begin with room., got '{shown}'")).hint(hint);
    }
    let meant = suggest.then(|| nearest(given)).flatten();
    let problem = problem(match meant {
        Some(meant) => format!("'{shown}' is not a known permission (did you mean '{meant}'?); sent as is"),
        None => format!("'{shown}' is not a known permission; sent as is"),
    })
    .soft();
    if given == ALSO_TAKEN { problem.tolerated() } else { problem }
}
