//! What the tokens say: the claims of each kind from a request that was found right, with the names that real tokens
//! carry where those are known. Signing and encrypting them is for `seal`.

use jiff::Timestamp;

use super::PROJECT_ID;
use crate::json::{self, Object};
use crate::signalwire::permission;
use crate::time;

/// `iat jti sub`, with which every token begins.
pub(super) fn base(now: Timestamp, id: &str) -> Object {
    let mut claims = Object::default();
    claims.set("iat", now.as_second().to_string());
    claims.set("jti", json::string(id));
    claims.set("sub", json::string(PROJECT_ID));
    claims
}

/// The claims of a chat or PubSub token. `stand_in` is the member's id if the request gives none.
pub(super) fn channel_token(mut claims: Object, body: &Object, stand_in: &str) -> Object {
    claims.set("t", sent(body, "ttl", "null"));
    claims.set("chls", channels(body));
    claims.set("stt", sent(body, "state", "{}"));
    claims.set("m", sent(body, "member_id", &json::string(stand_in)));
    claims
}

/// The claims that were seen in room tokens. No claim is known for the fields that are not here (muted joins, display
/// name, end on leave, jitter buffer), so none is made up. `stand_in` is the user's name if the request gives none.
pub(super) fn room_token(mut claims: Object, body: &Object, stand_in: &str) -> Object {
    claims.set("u", sent(body, "user_name", &json::string(stand_in)));
    claims.set("r", sent(body, "room_name", "null"));
    claims.set("s", permissions(body));
    claims.set("acr", sent(body, "auto_create_room", "true"));
    claims.set("jf", seconds(body, "join_from"));
    claims.set("ju", seconds(body, "join_until"));
    claims.set("rat", seconds(body, "remove_at"));
    claims.set("rse", sent(body, "remove_after_seconds_elapsed", "null"));
    claims.set("ja", sent(body, "join_as", r#""member""#));
    claims.set("ma", sent(body, "media_allowed", r#""all""#));
    claims.set("erp", sent(body, "enable_room_previews", "false"));
    claims.set("mta", sent(body, "meta", "{}"));
    claims.set("rmta", sent(body, "room_meta", "{}"));
    claims
}

/// The claims of a guest's token or of the one that renews it. Nobody outside the service has seen what is in them; these
/// hold what the request said, for whoever decrypts them with the development key.
pub(super) fn guest_token(mut claims: Object, body: &Object, ends: Timestamp) -> Object {
    claims.set("exp", ends.as_second().to_string());
    claims.set("allowed_addresses", sent(body, "allowed_addresses", "[]"));
    if let Some(region) = body.get("region") {
        claims.set("region", region.to_owned());
    }
    claims
}

/// A field as it was sent, or its default.
fn sent(body: &Object, key: &str, default: &str) -> String {
    body.get(key).unwrap_or(default).to_owned()
}

/// The channels with both permissions spelt out: what was not given is false.
fn channels(body: &Object) -> String {
    let given = Object::parse(body.get("channels").unwrap_or("{}")).unwrap_or_default();
    let mut channels = Object::default();
    for (name, access) in given.iter() {
        let access = Object::parse(access).unwrap_or_default();
        let may = |what: &str| access.get(what).unwrap_or("false");
        channels.set(name, format!(r#"{{"read":{},"write":{}}}"#, may("read"), may("write")));
    }
    channels.to_string()
}

/// An audience has no permissions, whatever the request says.
fn permissions(body: &Object) -> String {
    let audience = body.get("join_as").and_then(json::as_str).is_some_and(|role| role == "audience");
    match body.get("permissions") {
        _ if audience => "[]".to_owned(),
        Some(permissions) => permissions.to_owned(),
        None => serde_json::Value::from_iter(permission::DEFAULT).to_string(),
    }
}

/// A time as whole seconds since 1970, or null.
fn seconds(body: &Object, key: &str) -> String {
    let time = body.get(key).and_then(json::as_str).and_then(|text| time::written(&text));
    time.map_or_else(|| "null".to_owned(), |time| time.as_second().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The names and their order are those of the service's example and of tokens seen in public; the values follow from
    // the requests by its reference.

    fn body(text: &str) -> Object {
        Object::parse(text).unwrap()
    }

    #[test]
    fn every_token_begins_with_time_id_and_project() {
        assert_eq!(
            base(Timestamp::from_second(1_700_000_000).unwrap(), "x").to_string(),
            r#"{"iat":1700000000,"jti":"x","sub":"00000000-0000-4000-8000-000000008793"}"#
        );
    }

    #[test]
    fn a_chat_token_carries_its_channels_with_both_permissions() {
        let full = body(concat!(
            r#"{"state":{"n":1.0},"ttl":60,"channels":{"b":{"write":true},"a":{"read":true}},"#,
            r#""member_id":"m\u0031"}"#,
        ));
        assert_eq!(
            channel_token(Object::default(), &full, "x").to_string(),
            concat!(
                r#"{"t":60,"chls":{"b":{"read":false,"write":true},"a":{"read":true,"write":false}},"#,
                r#""stt":{"n":1.0},"m":"m\u0031"}"#,
            )
        );
        let least = body(r#"{"ttl":1,"channels":{"a":{"read":false}}}"#);
        assert_eq!(
            channel_token(Object::default(), &least, "x").to_string(),
            r#"{"t":1,"chls":{"a":{"read":false,"write":false}},"stt":{},"m":"x"}"#
        );
    }

    #[test]
    fn a_room_token_has_the_documented_defaults() {
        assert_eq!(
            room_token(Object::default(), &body(r#"{"room_name":"standup"}"#), "x").to_string(),
            concat!(
                r#"{"u":"x","r":"standup","s":["room.self.audio_mute","room.self.audio_unmute","#,
                r#""room.self.video_mute","room.self.video_unmute","room.self.deaf","room.self.undeaf","#,
                r#""room.self.set_input_volume","room.self.set_output_volume","#,
                r#""room.self.set_input_sensitivity","room.self.screenshare","#,
                r#""room.self.additional_source"],"acr":true,"jf":null,"ju":null,"rat":null,"rse":null,"#,
                r#""ja":"member","ma":"all","erp":false,"mta":{},"rmta":{}}"#,
            )
        );
    }

    #[test]
    fn a_room_token_carries_what_was_asked_and_an_audience_may_do_nothing() {
        let asked = concat!(
            r#"{"room_name":"r","user_name":"Ann","permissions":["room.lock"],"join_as":"ROLE","#,
            r#""auto_create_room":false,"join_from":"2022-01-01","join_until":"2022-01-01T23:59:60Z","#,
            r#""remove_after_seconds_elapsed":300,"meta":{"b":1,"a":2}}"#,
        );
        let carried = concat!(
            r#"{"u":"Ann","r":"r","s":PERMISSIONS,"acr":false,"jf":1640995200,"ju":1641081599,"#,
            r#""rat":null,"rse":300,"ja":"ROLE","ma":"all","erp":false,"mta":{"b":1,"a":2},"rmta":{}}"#,
        );
        for (role, permissions) in [("member", r#"["room.lock"]"#), ("audience", "[]")] {
            let claims = room_token(Object::default(), &body(&asked.replace("ROLE", role)), "x");
            let expected = carried.replace("ROLE", role).replace("PERMISSIONS", permissions);
            assert_eq!(claims.to_string(), expected);
        }
    }
}
