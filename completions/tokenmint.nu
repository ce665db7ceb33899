# Nushell completion for tokenmint. Its candidates come from `tokenmint __complete`; other commands keep their completer.

let tokenmint_other_completer = $env.config?.completions?.external?.completer?

$env.config.completions.external.enable = true
$env.config.completions.external.completer = {|spans: list<string>|
    if ($spans.0 | path basename) not-in ["tokenmint" "tokenmint.exe"] {
        if $tokenmint_other_completer == null { return null }
        return (do $tokenmint_other_completer $spans)
    }
    let current = $spans | last
    let typed = $spans | skip 1 | drop 1
    let reply = do { ^$spans.0 __complete ...$typed $"=($current)" } | complete | get stdout | lines
    let words = $reply | skip 1 | each {|line|
        let parts = $line | split row "\t"
        { value: $parts.0, description: ($parts | skip 1 | str join) }
    }
    let kind = $reply | append "nothing" | first | split row " "
    if $kind.0 not-in ["files" "folders"] { return $words }
    let lead = $kind | skip 1 | str join " "
    let found = try { ls ($"($current | str substring ($lead | str length)..)*" | into glob) } catch { [] }
    let found = if $kind.0 == "folders" { $found | where type == dir } else { $found }
    $words | append ($found | each {|file| { value: $"($lead)($file.name)", description: $file.type } })
}
