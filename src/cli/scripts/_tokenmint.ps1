# PowerShell completion for tokenmint. Its candidates come from `tokenmint __complete`.

Register-ArgumentCompleter -Native -CommandName 'tokenmint' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # A text in quotes counts without them.
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
            else { $_.Extent.Text }
        })
    $reply = @(& $commandAst.GetCommandName() __complete @words "=$wordToComplete" 2>$null)
    if ($reply.Count -eq 0) { return }

    $results = @($reply | Select-Object -Skip 1 | ForEach-Object {
        $value, $text = $_ -split "`t", 2
        if (-not $text) { $text = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $text)
    })
    $kind, $start = $reply[0] -split ' ', 2
    if ($kind -eq 'files' -or $kind -eq 'folders') {
        $path = $wordToComplete.Substring("$start".Length)
        foreach ($file in [System.Management.Automation.CompletionCompleters]::CompleteFilename($path)) {
            $text = "$start$($file.CompletionText)"
            $results += [System.Management.Automation.CompletionResult]::new($text, $file.ListItemText, 'ProviderItem', $file.ToolTip)
        }
    }
    # Without a result PowerShell would offer files.
    if ($results.Count -eq 0 -and $kind -eq 'nothing') { return '' }
    $results
}
