# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_tokenmint_global_optspecs
    string join \n p/profile= config= v/verbose q/quiet color= h/help V/version
end

function __fish_tokenmint_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_tokenmint_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_tokenmint_using_subcommand
    set -l cmd (__fish_tokenmint_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c tokenmint -n "__fish_tokenmint_needs_command" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_needs_command" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_needs_command" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_needs_command" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "chat" -d 'Mint a SignalWire Chat token'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "pubsub" -d 'Mint a SignalWire PubSub token'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "guest" -d 'Mint a SignalWire guest token (Call Fabric)'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "video" -d 'Mint a SignalWire video room token'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "subscriber" -d 'Mint a SignalWire subscriber access token (Call Fabric)'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "twilio" -d 'Sign a Twilio Access Token, offline'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "inspect" -d 'Decode a token and check whether it is still valid'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "profile" -d 'List, show, create and check profiles'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "emulator" -d 'Run SignalWire\'s token endpoints on this machine'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "completions" -d 'Print shell completions'
complete -c tokenmint -n "__fish_tokenmint_needs_command" -f -a "man" -d 'Print the man page'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l ttl -l expires-in -d 'How long the token is valid: 90m, 12h, 30d' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -s c -l channel -d 'A channel and what the token may do there: r, w or rw' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l channels -d 'All channels as one JSON object; --channel adds to it' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l member-id -d 'The unique identifier of the member' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l state -d 'JSON object to embed in the token as state' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l body -d 'The whole request body as JSON; flags override its fields' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -s o -l output -d 'raw, json, export, dotenv, github-env or github-output' -r -f -a "raw\t''
json\t''
export\t''
dotenv\t''
github-env\t''
github-output\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l name -d 'The variable that export and other formats set [default: SIGNALWIRE_CHAT_TOKEN]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l shell -d 'The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu' -r -f -a "sh\t''
bash\t''
zsh\t''
dash\t''
ksh\t''
fish\t''
powershell\t''
pwsh\t''
nu\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -s w -l write -d 'Write to FILE (mode 0600), replacing it atomically' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l batch -d 'Mint a token for each line of FILE (- for stdin), one JSON object per line' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l jobs -d 'Run up to N requests at once (1 to 512) [default: 8]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l resume -d 'Continue an earlier run: keep what FILE has, retry what failed' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l serve -d 'Serve tokens to a web page in development, at http://127.0.0.1:8794/token' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l origin -d 'Let the page of this origin get tokens: http://localhost:5173' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l let -d 'Let callers of --serve set this field, in the query or as JSON' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l path -d 'The path of the endpoint [default: /token]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l timeout -d 'Overall time limit, retries included' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l retries -d 'Retry up to N times after a failed connection, 429 or 503' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l cacert -d 'Trust the CA certificates in FILE, or with \'system\' those of the operating system' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l dry-run -d 'Print the request without sending it; needs no credentials'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -l curl -d 'Print the request as a curl command without its secrets'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand chat" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l ttl -l expires-in -d 'How long the token is valid: 90m, 12h, 30d' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -s c -l channel -d 'A channel and what the token may do there: r, w or rw' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l channels -d 'All channels as one JSON object; --channel adds to it' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l member-id -d 'The unique identifier of the member' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l state -d 'JSON object to embed in the token as state' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l body -d 'The whole request body as JSON; flags override its fields' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -s o -l output -d 'raw, json, export, dotenv, github-env or github-output' -r -f -a "raw\t''
json\t''
export\t''
dotenv\t''
github-env\t''
github-output\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l name -d 'The variable that export and other formats set [default: SIGNALWIRE_PUBSUB_TOKEN]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l shell -d 'The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu' -r -f -a "sh\t''
bash\t''
zsh\t''
dash\t''
ksh\t''
fish\t''
powershell\t''
pwsh\t''
nu\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -s w -l write -d 'Write to FILE (mode 0600), replacing it atomically' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l batch -d 'Mint a token for each line of FILE (- for stdin), one JSON object per line' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l jobs -d 'Run up to N requests at once (1 to 512) [default: 8]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l resume -d 'Continue an earlier run: keep what FILE has, retry what failed' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l serve -d 'Serve tokens to a web page in development, at http://127.0.0.1:8794/token' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l origin -d 'Let the page of this origin get tokens: http://localhost:5173' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l let -d 'Let callers of --serve set this field, in the query or as JSON' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l path -d 'The path of the endpoint [default: /token]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l timeout -d 'Overall time limit, retries included' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l retries -d 'Retry up to N times after a failed connection, 429 or 503' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l cacert -d 'Trust the CA certificates in FILE, or with \'system\' those of the operating system' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l dry-run -d 'Print the request without sending it; needs no credentials'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -l curl -d 'Print the request as a curl command without its secrets'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand pubsub" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -s a -l allowed-address -l address -d 'A Fabric address that the guest may call' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l expire-at -l expires-at -d 'When the token expires, instead of --ttl' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l ttl -l expires-in -d 'How long the token is valid: 15m, 2h, 1d' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l region -d 'Routing override' -r -f -a "us-central\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l ch -d 'Routing override that is placed in the token\'s header' -r -f -a "us-central\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l body -d 'The whole request body as JSON; flags override its fields' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -s o -l output -d 'raw, json, export, dotenv, github-env or github-output' -r -f -a "raw\t''
json\t''
export\t''
dotenv\t''
github-env\t''
github-output\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l name -d 'The variable that export and other formats set [default: SIGNALWIRE_GUEST_TOKEN]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l shell -d 'The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu' -r -f -a "sh\t''
bash\t''
zsh\t''
dash\t''
ksh\t''
fish\t''
powershell\t''
pwsh\t''
nu\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -s w -l write -d 'Write to FILE (mode 0600), replacing it atomically' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l batch -d 'Mint a token for each line of FILE (- for stdin), one JSON object per line' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l jobs -d 'Run up to N requests at once (1 to 512) [default: 8]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l resume -d 'Continue an earlier run: keep what FILE has, retry what failed' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l serve -d 'Serve tokens to a web page in development, at http://127.0.0.1:8794/token' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l origin -d 'Let the page of this origin get tokens: http://localhost:5173' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l let -d 'Let callers of --serve set this field, in the query or as JSON' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l path -d 'The path of the endpoint [default: /token]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l timeout -d 'Overall time limit, retries included' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l retries -d 'Retry up to N times after a failed connection, 429 or 503' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l cacert -d 'Trust the CA certificates in FILE, or with \'system\' those of the operating system' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l dry-run -d 'Print the request without sending it; needs no credentials'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -l curl -d 'Print the request as a curl command without its secrets'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand guest" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l room-name -l room -d 'The room to join' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l user-name -d 'The display name of the user' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l permission -d 'What the user may do in the room' -r -f -a "room.self.audio_mute\t''
room.self.audio_unmute\t''
room.self.video_mute\t''
room.self.video_unmute\t''
room.self.deaf\t''
room.self.undeaf\t''
room.self.set_input_volume\t''
room.self.set_output_volume\t''
room.self.set_input_sensitivity\t''
room.self.set_position\t''
room.self.set_meta\t''
room.self.raisehand\t''
room.self.lowerhand\t''
room.self.screenshare\t''
room.self.additional_source\t''
room.member.audio_mute\t''
room.member.audio_unmute\t''
room.member.video_mute\t''
room.member.video_unmute\t''
room.member.deaf\t''
room.member.undeaf\t''
room.member.set_input_volume\t''
room.member.set_output_volume\t''
room.member.set_input_sensitivity\t''
room.member.set_position\t''
room.member.set_meta\t''
room.member.raisehand\t''
room.member.lowerhand\t''
room.member.remove\t''
room.member.promote\t''
room.member.demote\t''
room.hide_video_muted\t''
room.show_video_muted\t''
room.list_available_layouts\t''
room.set_layout\t''
room.set_position\t''
room.set_meta\t''
room.lock\t''
room.unlock\t''
room.playback\t''
room.playback_seek\t''
room.prioritize_handraise\t''
room.recording\t''
room.stream\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l join-from -d 'The user cannot join before this time' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l join-until -d 'The user cannot join after this time' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l ttl -l expires-in -d 'How long the token is valid for joining: 15m, 2h, 1d' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l remove-at -d 'The user is removed from the room at this time' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l remove-after-seconds-elapsed -l remove-after -d 'The user is removed this long after joining' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l join-audio-muted -d 'The user joins with audio muted' -r -f -a "true\t''
false\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l join-video-muted -d 'The user joins with video muted' -r -f -a "true\t''
false\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l auto-create-room -d 'Create the room if it does not exist (the service\'s default is true)' -r -f -a "true\t''
false\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l enable-room-previews -d 'Make a preview video of a room that this token creates' -r -f -a "true\t''
false\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l room-display-name -d 'The display name of a room that this token creates' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l end-room-session-on-leave -d 'The room session ends when this user leaves' -r -f -a "true\t''
false\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l join-as -d 'Join as a member, or as audience that only watches' -r -f -a "member\t''
audience\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l media-allowed -d 'The media the user may receive' -r -f -a "all\t''
audio-only\t''
video-only\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l room-meta -d 'The room\'s meta, a JSON object' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l meta -d 'The member\'s meta, a JSON object' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l sync-audio-video -d 'Synchronise audio and video in the jitter buffer' -r -f -a "true\t''
false\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l body -d 'The whole request body as JSON; flags override its fields' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -s o -l output -d 'raw, json, export, dotenv, github-env or github-output' -r -f -a "raw\t''
json\t''
export\t''
dotenv\t''
github-env\t''
github-output\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l name -d 'The variable that export and other formats set [default: SIGNALWIRE_VIDEO_TOKEN]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l shell -d 'The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu' -r -f -a "sh\t''
bash\t''
zsh\t''
dash\t''
ksh\t''
fish\t''
powershell\t''
pwsh\t''
nu\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -s w -l write -d 'Write to FILE (mode 0600), replacing it atomically' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l batch -d 'Mint a token for each line of FILE (- for stdin), one JSON object per line' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l jobs -d 'Run up to N requests at once (1 to 512) [default: 8]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l resume -d 'Continue an earlier run: keep what FILE has, retry what failed' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l serve -d 'Serve tokens to a web page in development, at http://127.0.0.1:8794/token' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l origin -d 'Let the page of this origin get tokens: http://localhost:5173' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l let -d 'Let callers of --serve set this field, in the query or as JSON' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l path -d 'The path of the endpoint [default: /token]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l timeout -d 'Overall time limit, retries included' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l retries -d 'Retry up to N times after a failed connection, 429 or 503' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l cacert -d 'Trust the CA certificates in FILE, or with \'system\' those of the operating system' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l dry-run -d 'Print the request without sending it; needs no credentials'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -l curl -d 'Print the request as a curl command without its secrets'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand video" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l reference -d 'Your name for the subscriber, such as an e-mail address' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l expire-at -l expires-at -d 'When the token expires, instead of --ttl' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l ttl -l expires-in -d 'How long the token is valid: 15m, 2h, 1d' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l application-id -d 'The application that the token is associated with' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l password -d 'Set the subscriber\'s password, read from a file or stdin' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l fingerprint -d 'Bind the token to one browser, by the thumbprint of its key' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l scope -d 'Let the browser renew the token itself: sat:refresh' -r -f -a "sat:refresh\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l first-name -d 'The subscriber\'s first name' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l last-name -d 'The subscriber\'s last name' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l display-name -d 'The subscriber\'s display name' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l job-title -d 'The subscriber\'s job title' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l time-zone -d 'The subscriber\'s time zone' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l country -d 'The subscriber\'s country' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l region -d 'Routing override' -r -f -a "us-central\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l company-name -d 'The subscriber\'s company' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l body -d 'The whole request body as JSON; flags override its fields' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -s o -l output -d 'raw, json, export, dotenv, github-env or github-output' -r -f -a "raw\t''
json\t''
export\t''
dotenv\t''
github-env\t''
github-output\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l name -d 'The variable that export and other formats set [default: SIGNALWIRE_SUBSCRIBER_TOKEN]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l shell -d 'The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu' -r -f -a "sh\t''
bash\t''
zsh\t''
dash\t''
ksh\t''
fish\t''
powershell\t''
pwsh\t''
nu\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -s w -l write -d 'Write to FILE (mode 0600), replacing it atomically' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l batch -d 'Mint a token for each line of FILE (- for stdin), one JSON object per line' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l jobs -d 'Run up to N requests at once (1 to 512) [default: 8]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l resume -d 'Continue an earlier run: keep what FILE has, retry what failed' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l serve -d 'Serve tokens to a web page in development, at http://127.0.0.1:8794/token' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l origin -d 'Let the page of this origin get tokens: http://localhost:5173' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l let -d 'Let callers of --serve set this field, in the query or as JSON' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l path -d 'The path of the endpoint [default: /token]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l timeout -d 'Overall time limit, retries included' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l retries -d 'Retry up to N times after a failed connection, 429 or 503' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l cacert -d 'Trust the CA certificates in FILE, or with \'system\' those of the operating system' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l dry-run -d 'Print the request without sending it; needs no credentials'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -l curl -d 'Print the request as a curl command without its secrets'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand subscriber" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l identity -d 'The user\'s identity' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l ttl -l expires-in -d 'How long the token is valid: 10m, 1h, 24h' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l not-before -d 'The token is not valid before this time' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l region -d 'The region of the API key, such as ie1 or au1' -r -f -a "us1\t''
ie1\t''
au1\t''
jp1\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l chat -d 'Grant Conversations and Programmable Chat, in this service' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l video -d 'Grant Video, in this room' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l voice -d 'Grant outgoing Voice calls, through this TwiML application' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l voice-incoming -d 'Grant incoming Voice calls' -r -f -a "true\t''
false\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l voice-params -d 'Parameters for the TwiML application of --voice, a JSON object' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l sync -d 'Grant Sync, in this service' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l task-router -d 'Grant TaskRouter (Flex), in this workspace' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l worker-sid -d 'The worker of the TaskRouter grant' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l task-router-role -d 'The role of the TaskRouter grant, such as worker' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l push-credential-sid -d 'The push credential for the Chat and Voice grants' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l endpoint-id -d 'The endpoint (device) for the Chat, Voice and Sync grants' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l deployment-role-sid -d 'The deployment role of the Chat grant' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l grant -d 'Any other grant, as a JSON object that is sent as written' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -s o -l output -d 'raw, json, export, dotenv, github-env or github-output' -r -f -a "raw\t''
json\t''
export\t''
dotenv\t''
github-env\t''
github-output\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l name -d 'The variable that export and other formats set [default: TWILIO_ACCESS_TOKEN]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l shell -d 'The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu' -r -f -a "sh\t''
bash\t''
zsh\t''
dash\t''
ksh\t''
fish\t''
powershell\t''
pwsh\t''
nu\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -s w -l write -d 'Write to FILE (mode 0600), replacing it atomically' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l batch -d 'Mint a token for each line of FILE (- for stdin), one JSON object per line' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l jobs -d 'Run up to N requests at once (1 to 512) [default: 8]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l resume -d 'Continue an earlier run: keep what FILE has, retry what failed' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l serve -d 'Serve tokens to a web page in development, at http://127.0.0.1:8794/token' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l origin -d 'Let the page of this origin get tokens: http://localhost:5173' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l let -d 'Let callers of --serve set this field, in the query or as JSON' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l path -d 'The path of the endpoint [default: /token]' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -l dry-run -d 'Print the request without sending it; needs no credentials'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand twilio" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -l min-ttl -d 'Like --check, but require this much time left' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -s o -l output -d 'text or json' -r -f -a "text\t''
json\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -l check -d 'Exit with 8 unless the token is valid now'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -l verify -d 'Check a Twilio token\'s signature with the secret of the profile or the environment'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand inspect" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -f -a "list" -d 'List the profiles of the configuration file'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -f -a "show" -d 'Show every value with its source, secrets masked'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -f -a "check" -d 'Ask the service which endpoints the credentials may use'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -f -a "init" -d 'Write a commented configuration file, mode 0600'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and not __fish_seen_subcommand_from list show check init path" -f -a "path" -d 'Print where the configuration file is, or would be'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from list" -s o -l output -d 'text or json' -r -f -a "text\t''
json\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from list" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from list" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from list" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from list" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from show" -s o -l output -d 'text or json' -r -f -a "text\t''
json\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from show" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from show" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from show" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from show" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from show" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -s o -l output -d 'text or json' -r -f -a "text\t''
json\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -l timeout -d 'Overall time limit, retries included' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -l retries -d 'Retry up to N times after a failed connection, 429 or 503' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -l cacert -d 'Trust the CA certificates in FILE, or with \'system\' those of the operating system' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from check" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from init" -s o -l output -d 'text or json' -r -f -a "text\t''
json\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from init" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from init" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from init" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from init" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from init" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from path" -s o -l output -d 'text or json' -r -f -a "text\t''
json\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from path" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from path" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from path" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from path" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand profile; and __fish_seen_subcommand_from path" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l listen -d 'Loopback address and port to listen on; port 0 picks a free one' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l port -d 'Listen on port N of 127.0.0.1; 0 picks a free one' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l scope -d 'Scopes of the API token; endpoints that need another answer 401' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l address -d 'A Fabric address of the project; requests for any other get 422' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l clock -d 'Start the server\'s clock at TIME; it runs on from there' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l delay -d 'Delay every answer: 200ms, 5s' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l fail -d 'Answer with STATUS instead, for a SHARE (0 to 1) of the requests' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l seed -d 'Repeat the same failures in every run with the same N' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -l tls -d 'Serve https with a temporary CA, whose certificate file is named on stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand emulator" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand completions" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand completions" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand completions" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand completions" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand completions" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand completions" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand completions" -s V -l version -d 'Print the version'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand man" -l dir -d 'Write the pages of all commands into DIR instead' -r -f -a "(__fish_complete_directories)"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand man" -s p -l profile -d 'Use this profile\'s credentials (the environment is ignored)' -r
complete -c tokenmint -n "__fish_tokenmint_using_subcommand man" -l config -d 'Read profiles from this file' -r -F
complete -c tokenmint -n "__fish_tokenmint_using_subcommand man" -l color -d 'Colour messages: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokenmint -n "__fish_tokenmint_using_subcommand man" -s v -l verbose -d 'Print each step to stderr'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand man" -s q -l quiet -d 'Silence notes, hints and warnings, never errors'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand man" -s h -l help -d 'Print a summary (-h) or everything (--help)'
complete -c tokenmint -n "__fish_tokenmint_using_subcommand man" -s V -l version -d 'Print the version'
