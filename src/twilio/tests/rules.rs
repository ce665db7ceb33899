//! What goes together, what does not, and what only draws a warning.

use super::*;

#[test]
fn a_grant_without_its_value_takes_the_default_and_its_own_value_wins() {
    let of = |words: &[&str], defaults: &Defaults| {
        let (draft, _) = draft_with(&[&["identity=a"], words].concat(), defaults).unwrap();
        let claims = draft.claims(None, now()).unwrap();
        (claims.claims_json(&issuer(), None).replace(D, "*"), claims.region().map(str::to_owned))
    };
    assert!(of(&["chat"], &defaults("chat", "IS*")).0.contains(r#""chat":{"service_sid":"IS*"}"#));
    assert!(of(&["voice"], &defaults("voice", "AP*")).0.contains(r#""application_sid":"AP*""#));
    assert!(of(&["sync"], &defaults("sync", "IS*")).0.contains(r#""data_sync":{"service_sid":"IS*"}"#));
    assert!(of(&["sync=default"], &defaults("sync", "IS*")).0.contains(r#""service_sid":"default""#));
    assert_eq!(of(&["video"], &defaults("region", "ie1")).1.as_deref(), Some("ie1"));
    assert_eq!(of(&["video", "region=au1"], &defaults("region", "ie1")).1.as_deref(), Some("au1"));
    // A default that nothing asks for is not looked at.
    assert!(of(&["video"], &defaults("chat", "junk")).0.contains("video"));
}

#[test]
fn a_malformed_default_is_a_matter_of_settings() {
    for (words, place, value) in [
        (["identity=a", "chat"], "chat", "SK*"),
        (["identity=a", "chat"], "chat", ""),
        (["identity=a", "voice"], "voice", "IS*"),
        (["identity=a", "sync"], "sync", "defaults"),
        (["identity=a", "video"], "region", "IE1"),
    ] {
        let failure = failure_with(&words, &defaults(place, value));
        assert_eq!(failure.category(), Category::Configuration, "{failure}");
        assert!(failure.to_string().starts_with(place), "{failure}");
    }
}

#[test]
fn a_value_found_nowhere_names_every_place() {
    let failure = failure_with(&["identity=a", "chat"], &Defaults::default());
    assert_eq!(failure.category(), Category::Usage);
    let hint = failure.hint().unwrap();
    for place in ["--chat IS…", "TWILIO_CHAT_SERVICE_SID", "TWILIO_CONVERSATIONS_SERVICE_SID", "chat_service_sid"] {
        assert!(hint.contains(place), "{hint}");
    }
    assert!(failure_with(&["identity=a", "voice"], &Defaults::default()).hint().unwrap().contains("--voice-incoming"));
}

#[test]
fn what_does_not_go_together_is_refused() {
    for (words, named) in [
        (&["chat=IS*"][..], "--identity"),
        (&["identity="], "--identity is empty"),
        (&["identity=a"], "missing at least one grant"),
        (&["identity=a", "voice-incoming=false"], "missing at least one grant"),
        (&["identity=a", "chat=AP*"], "--chat is not a service SID: that is a TwiML application SID (AP)"),
        (&["identity=a", "chat="], "--chat"),
        (&["identity=a", "video="], "--video is empty"),
        (&["identity=a", "video", "endpoint-id=e"], "--endpoint-id"),
        (&["identity=a", "sync", "push-credential-sid=CR*"], "--push-credential-sid"),
        (&["identity=a", "voice=AP*", "deployment-role-sid=RL*"], "--deployment-role-sid"),
        (&["identity=a", "chat=IS*", "worker-sid=WK*"], "--worker-sid requires --task-router"),
        (&["identity=a", "chat=IS*", "task-router-role=worker"], "--task-router-role requires --task-router"),
        (&["identity=a", "voice-incoming", "voice-params={}"], "--voice-params requires --voice"),
        (&["identity=a", "voice=AP*", "voice-params=[]"], "--voice-params must be a JSON object"),
        (&["identity=a", "voice=AP*", "voice-params={"], "--voice-params is not valid JSON"),
        (&["identity=a", "voice-incoming=yes"], "--voice-incoming must be true or false"),
        (&["identity=a", "chat=IS*", "grant=chat={}"], "--chat and --grant chat"),
        (&["identity=a", "voice-incoming", "grant=voice={}"], "--voice-incoming and --grant voice"),
        (&["identity=a", "sync", "grant=data_sync={}"], "--sync and --grant data_sync"),
        (&["identity=a", "grant=x={}", "grant=x={}"], "--grant names 'x' twice"),
        (&["identity=a", "grant=x=[]"], "'x' must be a JSON object"),
        (&["identity=a", "grant=identity={}"], "identity"),
        (&["identity=a", "grant=x"], "KEY=JSON"),
        (&["identity=a", "grant=={}"], "KEY=JSON"),
        (&["identity=a", "video", "ttl=25h"], "--ttl must be at most 24h"),
        (&["identity=a", "video", "ttl=3600"], "--ttl '3600' has no unit"),
        (&["identity=a", "video", "region=IE1"], "--region"),
        (&["identity=a", "video", "not-before=soon"], "--not-before"),
        (&["identity=a", "video", "not-before=+2h"], "--not-before"),
    ] {
        let message = refused(words);
        assert!(message.contains(named), "{words:?}: {message}");
    }
}

#[test]
fn what_is_likely_a_mistake_draws_a_warning() {
    assert_eq!(note_texts(&["identity=alice", "chat=IS*", "video", "voice=AP*", "sync", "region=us1"]), "");
    assert!(
        note_texts(&["identity=alice", "video", "region=ie1"]).contains("warning: Video takes only API keys of us1")
    );
    assert_eq!(note_texts(&["identity=alice", "chat=IS*", "region=ie1"]), "");
    assert!(note_texts(&["identity=alice", "sync", "region=ie2"]).contains("did you mean 'ie1'?"));
    assert!(note_texts(&["identity=alice@example.com", "voice-incoming"]).contains("Voice takes only letters"));
    assert!(note_texts(&["identity=a", "grant=ip_messaging={}"]).contains("--chat"));
}
