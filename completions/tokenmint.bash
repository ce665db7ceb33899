# bash completion for tokenmint. Its candidates come from `tokenmint __complete`.

_tokenmint() {
    local line=${COMP_LINE:0:COMP_POINT} words=() reply=() index last word lead start
    # bash divides words at = and @, too; parts with no blank between them are one word.
    for ((index = 0; index <= COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        last=$((${#words[@]} - 1))
        if [[ $index -gt 0 && -n $COMP_LINE && $line != [[:space:]]* ]]; then
            words[last]+=$word
        else
            words+=("$word")
        fi
        line=${line#"${line%%[![:space:]]*}"}
        line=${line#"$word"}
    done
    last=$((${#words[@]} - 1))
    # What bash leaves in place before the candidates.
    lead=${words[last]%"$2"}
    while IFS= read -r line; do
        reply+=("$line")
    done < <("$1" __complete "${words[@]:1:last-1}" "=${words[last]}" 2>/dev/null)

    COMPREPLY=()
    for line in "${reply[@]:1}"; do
        word=${line%%$'\t'*}
        [[ ${#reply[@]} -eq 2 && $word == *[=,@] ]] && compopt -o nospace 2>/dev/null
        COMPREPLY+=("${word#"$lead"}")
    done
    case ${reply[0]} in
        files* | folders*)
            start=${reply[0]#* }
            # bash would put a backslash before @, so names after it are quoted here.
            [[ $start == *@ ]] || compopt -o filenames 2>/dev/null
            [[ ${reply[0]} == folders* ]] && index=-d || index=-f
            while IFS= read -r line; do
                word=$line
                if [[ $start == *@ ]]; then
                    printf -v word %q "$line"
                    [[ -d $line ]] && word+=/ && compopt -o nospace 2>/dev/null
                fi
                word=$start$word
                COMPREPLY+=("${word#"$lead"}")
            done < <(compgen "$index" -- "${words[last]#"$start"}")
            ;;
        command*)
            for ((index = 0; index < COMP_CWORD; index++)); do
                [[ ${COMP_WORDS[index]} == -- ]] && break
            done
            if declare -F _comp_command_offset >/dev/null; then
                _comp_command_offset $((index + 1))
            elif declare -F _command_offset >/dev/null; then
                _command_offset $((index + 1))
            else
                start=${reply[0]#* }
                [[ $last -gt $((start + 2)) ]] && index=-f || index=-c
                compopt -o filenames 2>/dev/null
                while IFS= read -r line; do
                    COMPREPLY+=("$line")
                done < <(compgen "$index" -- "$2")
            fi
            ;;
    esac
}

complete -F _tokenmint tokenmint
