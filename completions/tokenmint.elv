# elvish completion for tokenmint. Its candidates come from `tokenmint __complete`.

use str

set edit:completion:arg-completer[tokenmint] = {|@words|
  var current = $words[-1]
  var reply = []
  try {
    set reply = [(e:tokenmint __complete (all $words[1..-1]) '='$current 2>/dev/null | from-lines)]
  } catch e {
    set reply = [nothing]
  }
  if (== (count $reply) 0) {
    set reply = [nothing]
  }
  for line $reply[1..] {
    var value @text = (str:split &max=2 "\t" $line)
    var suffix = ' '
    if (or (str:has-suffix $value '=') (str:has-suffix $value ',') (str:has-suffix $value '@')) {
      set suffix = ''
    }
    edit:complex-candidate $value &code-suffix=$suffix &display=(str:join '  ' [$value $@text])
  }
  var kind @start = (str:split &max=2 ' ' $reply[0])
  if (or (eq $kind files) (eq $kind folders)) {
    var lead = (str:join '' $start)
    edit:complete-filename (str:trim-prefix $current $lead) | each {|file|
      if (eq $lead '') {
        put $file
      } else {
        edit:complex-candidate $lead$file[stem] &code-suffix=$file[code-suffix]
      }
    }
  }
}
