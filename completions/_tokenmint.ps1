
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'tokenmint' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'tokenmint'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'tokenmint' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Mint a SignalWire Chat token')
            [CompletionResult]::new('pubsub', 'pubsub', [CompletionResultType]::ParameterValue, 'Mint a SignalWire PubSub token')
            [CompletionResult]::new('guest', 'guest', [CompletionResultType]::ParameterValue, 'Mint a SignalWire guest token (Call Fabric)')
            [CompletionResult]::new('video', 'video', [CompletionResultType]::ParameterValue, 'Mint a SignalWire video room token')
            [CompletionResult]::new('profile', 'profile', [CompletionResultType]::ParameterValue, 'List, show, create and check profiles')
            [CompletionResult]::new('emulator', 'emulator', [CompletionResultType]::ParameterValue, 'Run SignalWire''s four token endpoints on this machine')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print shell completions')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the man page')
            break
        }
        'tokenmint;chat' {
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long the token is valid: 90m, 12h, 30d')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'A channel and what the token may do there: r, w or rw')
            [CompletionResult]::new('--channel', '--channel', [CompletionResultType]::ParameterName, 'A channel and what the token may do there: r, w or rw')
            [CompletionResult]::new('--channels', '--channels', [CompletionResultType]::ParameterName, 'All channels as one JSON object; --channel adds to it')
            [CompletionResult]::new('--member-id', '--member-id', [CompletionResultType]::ParameterName, 'The unique identifier of the member')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Application state to carry, a JSON object')
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'The whole request body as JSON; flags override its fields')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'raw, json, export, dotenv, github-env or github-output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'raw, json, export, dotenv, github-env or github-output')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The variable that export and other formats set [default: SIGNALWIRE_CHAT_TOKEN]')
            [CompletionResult]::new('--shell', '--shell', [CompletionResultType]::ParameterName, 'The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Write the output to FILE, mode 0600, replacing it as a whole')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the output to FILE, mode 0600, replacing it as a whole')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The most time for the whole mint, retries included')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Send again this often after a failed connection, 429 or 503')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the CA certificates in FILE, or with ''system'' those of the operating system')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request without sending it; needs no credentials')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'Print the request as a curl command that reads the credentials from variables')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;pubsub' {
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long the token is valid: 90m, 12h, 30d')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'A channel and what the token may do there: r, w or rw')
            [CompletionResult]::new('--channel', '--channel', [CompletionResultType]::ParameterName, 'A channel and what the token may do there: r, w or rw')
            [CompletionResult]::new('--channels', '--channels', [CompletionResultType]::ParameterName, 'All channels as one JSON object; --channel adds to it')
            [CompletionResult]::new('--member-id', '--member-id', [CompletionResultType]::ParameterName, 'The unique identifier of the member')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Application state to carry, a JSON object')
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'The whole request body as JSON; flags override its fields')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'raw, json, export, dotenv, github-env or github-output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'raw, json, export, dotenv, github-env or github-output')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The variable that export and other formats set [default: SIGNALWIRE_PUBSUB_TOKEN]')
            [CompletionResult]::new('--shell', '--shell', [CompletionResultType]::ParameterName, 'The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Write the output to FILE, mode 0600, replacing it as a whole')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the output to FILE, mode 0600, replacing it as a whole')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The most time for the whole mint, retries included')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Send again this often after a failed connection, 429 or 503')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the CA certificates in FILE, or with ''system'' those of the operating system')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request without sending it; needs no credentials')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'Print the request as a curl command that reads the credentials from variables')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;guest' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'A Fabric address that the guest may call')
            [CompletionResult]::new('--allowed-address', '--allowed-address', [CompletionResultType]::ParameterName, 'A Fabric address that the guest may call')
            [CompletionResult]::new('--address', '--address', [CompletionResultType]::ParameterName, 'A Fabric address that the guest may call')
            [CompletionResult]::new('--expire-at', '--expire-at', [CompletionResultType]::ParameterName, 'When the token ends, instead of --ttl')
            [CompletionResult]::new('--expires-at', '--expires-at', [CompletionResultType]::ParameterName, 'When the token ends, instead of --ttl')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long the token is valid: 15m, 2h, 1d')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Routing override')
            [CompletionResult]::new('--ch', '--ch', [CompletionResultType]::ParameterName, 'Routing override that is placed in the token''s header')
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'The whole request body as JSON; flags override its fields')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'raw, json, export, dotenv, github-env or github-output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'raw, json, export, dotenv, github-env or github-output')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The variable that export and other formats set [default: SIGNALWIRE_GUEST_TOKEN]')
            [CompletionResult]::new('--shell', '--shell', [CompletionResultType]::ParameterName, 'The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Write the output to FILE, mode 0600, replacing it as a whole')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the output to FILE, mode 0600, replacing it as a whole')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The most time for the whole mint, retries included')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Send again this often after a failed connection, 429 or 503')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the CA certificates in FILE, or with ''system'' those of the operating system')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request without sending it; needs no credentials')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'Print the request as a curl command that reads the credentials from variables')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;video' {
            [CompletionResult]::new('--room-name', '--room-name', [CompletionResultType]::ParameterName, 'The room to join')
            [CompletionResult]::new('--room', '--room', [CompletionResultType]::ParameterName, 'The room to join')
            [CompletionResult]::new('--user-name', '--user-name', [CompletionResultType]::ParameterName, 'The display name of the user')
            [CompletionResult]::new('--permission', '--permission', [CompletionResultType]::ParameterName, 'What the user may do in the room')
            [CompletionResult]::new('--join-from', '--join-from', [CompletionResultType]::ParameterName, 'The user cannot join before this time')
            [CompletionResult]::new('--join-until', '--join-until', [CompletionResultType]::ParameterName, 'The user cannot join after this time')
            [CompletionResult]::new('--remove-at', '--remove-at', [CompletionResultType]::ParameterName, 'The user is removed from the room at this time')
            [CompletionResult]::new('--remove-after-seconds-elapsed', '--remove-after-seconds-elapsed', [CompletionResultType]::ParameterName, 'The user is removed this long after joining')
            [CompletionResult]::new('--remove-after', '--remove-after', [CompletionResultType]::ParameterName, 'The user is removed this long after joining')
            [CompletionResult]::new('--join-audio-muted', '--join-audio-muted', [CompletionResultType]::ParameterName, 'The user joins with audio muted')
            [CompletionResult]::new('--join-video-muted', '--join-video-muted', [CompletionResultType]::ParameterName, 'The user joins with video muted')
            [CompletionResult]::new('--auto-create-room', '--auto-create-room', [CompletionResultType]::ParameterName, 'Create the room if it does not exist (the service''s default is true)')
            [CompletionResult]::new('--enable-room-previews', '--enable-room-previews', [CompletionResultType]::ParameterName, 'Make a preview video of a room that this token creates')
            [CompletionResult]::new('--room-display-name', '--room-display-name', [CompletionResultType]::ParameterName, 'The display name of a room that this token creates')
            [CompletionResult]::new('--end-room-session-on-leave', '--end-room-session-on-leave', [CompletionResultType]::ParameterName, 'The room session ends when this user leaves')
            [CompletionResult]::new('--join-as', '--join-as', [CompletionResultType]::ParameterName, 'Join as a member, or as audience that only watches')
            [CompletionResult]::new('--media-allowed', '--media-allowed', [CompletionResultType]::ParameterName, 'The media the user may receive')
            [CompletionResult]::new('--room-meta', '--room-meta', [CompletionResultType]::ParameterName, 'The room''s meta, a JSON object')
            [CompletionResult]::new('--meta', '--meta', [CompletionResultType]::ParameterName, 'The member''s meta, a JSON object')
            [CompletionResult]::new('--sync-audio-video', '--sync-audio-video', [CompletionResultType]::ParameterName, 'Synchronise audio and video in the jitter buffer')
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'The whole request body as JSON; flags override its fields')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'raw, json, export, dotenv, github-env or github-output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'raw, json, export, dotenv, github-env or github-output')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The variable that export and other formats set [default: SIGNALWIRE_VIDEO_TOKEN]')
            [CompletionResult]::new('--shell', '--shell', [CompletionResultType]::ParameterName, 'The shell that -o export writes for: sh, bash, zsh, dash, ksh, fish, powershell or nu')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Write the output to FILE, mode 0600, replacing it as a whole')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the output to FILE, mode 0600, replacing it as a whole')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The most time for the whole mint, retries included')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Send again this often after a failed connection, 429 or 503')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the CA certificates in FILE, or with ''system'' those of the operating system')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request without sending it; needs no credentials')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'Print the request as a curl command that reads the credentials from variables')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;profile' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles of the configuration file')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every value with its source, secrets masked')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Ask the service which of the four endpoints the credentials may use')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a commented configuration file, mode 0600')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print where the configuration file is, or would be')
            break
        }
        'tokenmint;profile;list' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'text or json')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'text or json')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;profile;show' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'text or json')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'text or json')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;profile;check' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'text or json')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'text or json')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The most time for the whole mint, retries included')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Send again this often after a failed connection, 429 or 503')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the CA certificates in FILE, or with ''system'' those of the operating system')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;profile;init' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'text or json')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'text or json')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;profile;path' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'text or json')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'text or json')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;emulator' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Loopback address and port to listen on; port 0 picks a free one')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'Serve https under a throw-away CA, whose certificate file is named on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;completions' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokenmint;man' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Write the pages of all commands into DIR instead')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the credentials of this profile and no others')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read profiles from this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour messages: auto, always or never')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr what each step does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence notes, hints and warnings, never errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
