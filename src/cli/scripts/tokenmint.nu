# Nushell completion for tokenmint, which is asked for what can follow. Other commands keep the completer that there was.

let tokenmint_other_completer = $env.config?.completions?.external?.completer?

$env.config.completions.external.enable = true
$env.config.completions.external.completer = {|spans: list<string>|
    if ($spans.0 | path basename) not-in ["tokenmint" "tokenmint.exe"] {
        if $tokenmint_other_completer == null { return null }
        return (do $tokenmint_other_completer $spans)
    }
    let typed = $spans | skip 1 | drop 1
    let reply = ^$spans.0 __complete ...$typed $"=($spans | last)" | complete | get stdout | lines
    # Nushell completes files where there is no list.
    if ($reply | first | default "nothing") == "files " { return null }
    $reply | skip 1 | each {|line|
        let parts = $line | split row "\t"
        { value: $parts.0, description: ($parts | get --ignore-errors 1 | default "") }
    }
}
