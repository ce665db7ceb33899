# fish completion for tokenmint. Its candidates come from `tokenmint __complete`.

function __tokenmint_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l reply ($program __complete $words "=$current" 2>/dev/null)
    set -l rest (string split -m 1 ' ' -- "$reply[1]")
    if test (count $reply) -gt 1
        printf '%s\n' $reply[2..-1]
    end
    switch "$rest[1]"
        case files
            for path in (__fish_complete_path (string replace -- "$rest[2]" '' "$current"))
                printf '%s\n' "$rest[2]$path"
            end
        case folders
            for path in (__fish_complete_directories (string replace -- "$rest[2]" '' "$current"))
                printf '%s\n' "$rest[2]$path"
            end
        case command
            set -l first (math $rest[2] + 2)
            set -l line
            for word in $words[$first..-1]
                set -a line (string escape -- $word)
            end
            test $first -gt (count $words); and set line
            complete -C (string join ' ' -- $line "$current")
    end
end

complete -c tokenmint -f -a '(__tokenmint_complete)'
