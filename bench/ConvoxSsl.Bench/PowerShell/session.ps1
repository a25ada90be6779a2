# Runs the scripts that come as lines in base64, in one session, and tells after each what it took: ticks, ticks of the
# processor, peak memory in bytes, whether it failed, and in base64 what it gave or why it failed.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$process = [System.Diagnostics.Process]::GetCurrentProcess()
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $script = [scriptblock]::Create([System.Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($line)))
    $process.Refresh()
    $before = $process.TotalProcessorTime
    $failure = $null
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    try { $output = . $script } catch { $failure = "$_ $($_.ScriptStackTrace)" }
    $clock.Stop()
    $process.Refresh()
    # Not as JSON, whose cmdlets would add their own libraries to the memory that is measured.
    $text = [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($failure ?? ($output -join "`n")))
    $used = ($process.TotalProcessorTime - $before).Ticks
    [Console]::Out.WriteLine(
        [string]::Join(' ', '#', $clock.Elapsed.Ticks, $used, $process.PeakWorkingSet64, ($null -ne $failure), $text))
    [Console]::Out.Flush()
}
