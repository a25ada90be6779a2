# Runs the scripts that come as lines in base64, in one session, and tells after each what it took.
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
    $result = @{
        Wall = $clock.Elapsed.TotalMilliseconds
        Processor = ($process.TotalProcessorTime - $before).TotalMilliseconds
        Peak = $process.PeakWorkingSet64
        Output = "$($output -join "`n")"
        Failure = $failure
    }
    [Console]::Out.WriteLine('#' + (ConvertTo-Json $result -Compress))
    [Console]::Out.Flush()
}
