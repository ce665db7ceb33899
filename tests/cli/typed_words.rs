//! Words that people bring from other tools, and slips of the keyboard: each is answered with what is meant here.

use crate::harness::tokenmint;

#[test]
fn a_word_of_another_tool_is_answered_with_ours() {
    for (line, meant) in [
        ("chat --json", "-o json"),
        ("chat --raw", "-o raw"),
        ("chat --format json", "-o FORMAT"),
        ("chat --cache", "--reuse"),
        ("chat --watch", "--renew"),
        ("chat --expires 1h", "--ttl"),
        ("chat --url https://a.example", "SIGNALWIRE_SPACE"),
        ("chat --project x", "SIGNALWIRE_PROJECT_ID"),
        ("chat --api-token x", "SIGNALWIRE_API_TOKEN"),
        ("twilio --secret x", "TWILIO_API_SECRET"),
        ("chat --identity alice", "--member-id"),
        ("video --user alice", "--user-name"),
        ("subscriber --user alice", "--reference"),
        ("chat --debug", "-v"),
        ("chat --silent", "-q"),
        ("chat --no-color", "--color never"),
        ("chat --insecure", "--cacert"),
        ("emulator --host localhost", "--listen 127.0.0.1:PORT"),
        ("emulator --latency 5s", "--delay"),
        ("emulator --status 503", "--fail"),
        ("emulator --time 2030-01-01", "--clock"),
        ("serve", "--serve"),
        ("twilio --chat-service-sid IS1", "--chat"),
        ("twilio --voice-app-sid AP1", "--voice"),
        ("twilio --allow-incoming", "--voice-incoming"),
        ("version", "--version"),
        ("decode x", "inspect"),
        ("verify x", "inspect"),
        ("login", "profile add NAME"),
        ("mock", "emulator"),
        ("token", "chat"),
        ("room", "video"),
        ("sat", "subscriber"),
        ("check x", "inspect --check"),
        ("chat --port 1", "SIGNALWIRE_SPACE"),
        ("inspect --ttl 5m", "--min-ttl"),
        ("inspect --format json", "-o json"),
        ("completions --silent", "use -q"),
    ] {
        tokenmint(line).fails(2).says_all(&["error: unknown ", "hint: ", meant]).run();
    }
}

#[test]
fn a_slip_of_the_keyboard_is_answered_with_what_was_meant() {
    for (line, meant) in [
        ("chat -ttl 1h", "use --ttl"),
        ("chat --Channel a=r", "use --channel"),
        ("chat --chanel a=r", "did you mean --channel?"),
        ("--verison", "did you mean --version?"),
        ("video --room r --no-auto-create-room", "use --auto-create-room=false"),
        ("cht", "did you mean 'chat'?"),
        ("CHAT", "did you mean 'chat'?"),
        ("chat -o JSON", "did you mean 'json'?"),
        ("chat -o token.txt", "--write token.txt"),
        ("chat -c lobby rw", "write -c lobby=rw"),
        ("chat --ttl", "write --ttl 1h"),
        ("chat \u{2014}ttl 1h", "write --ttl"),
    ] {
        tokenmint(line).fails(2).says(meant).run();
    }
}

#[test]
fn an_unknown_word_is_repeated_only_where_it_cannot_be_a_secret() {
    tokenmint("chat --ttl 1h -c lobby rw").fails(2).says("unexpected argument 'rw'").run();
    let secret = "PTca9a47c0ffee";
    for line in [format!("chat {secret}"), format!("chat --ttl 1h -q {secret}"), secret.to_owned()] {
        tokenmint(&line).fails(2).says("hint: ").hides(secret).run();
    }
}

#[test]
fn a_flag_for_credentials_is_a_whole_word() {
    // A workspace is not a space.
    let said = tokenmint("chat --workspace-sid WS1").fails(2).says("unknown flag --workspace-sid").run().stderr;
    assert!(!said.contains("credentials"), "{said}");
    tokenmint("chat --auth-key x").fails(2).says("credentials cannot be passed on the command line").run();
}

/// Nothing that is far from what was typed is suggested, and no flag that the command does not have.
#[test]
fn only_what_is_near_and_there_is_suggested() {
    for (line, not) in [
        ("chat --port 1", "--output"),
        ("chat --jso", "--jobs"),
        ("emulator --json", "-o json"),
        ("completions tcsh", "did you mean"),
        ("chat --hunter2hunter2", "hunter"),
    ] {
        tokenmint(line).fails(2).says("hint: ").hides(not).run();
    }
}
