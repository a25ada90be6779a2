using System.Diagnostics;

namespace ConvoxSsl.TestKit.Kubernetes.EnvTest;

/// <summary>
/// etcd and kube-apiserver under a shell that kills both and deletes their directory when its standard input ends, which
/// happens even if the test process is killed.
/// </summary>
internal sealed class ControlPlaneProcess : IAsyncDisposable
{
    // The job's number would be that of the shell that records its end, so each program records its own.
    private const string Script = """
        home=$1 etcd=$2 server=$3
        run() { sh -c 'echo $$ >"$1/$2.pid"; shift 2; exec "$@"' sh "$home" "$@" >"$home/$1.log" 2>&1 </dev/null
            echo "$1 ended with $?" >>"$home/ended"; }
        # Ctrl+C reaches the shell too, which has to outlive it.
        trap '' INT TERM HUP
        IFS='
        '
        run etcd "$etcd" $(cat "$home/etcd.flags") &
        run kube-apiserver "$server" $(cat "$home/kube-apiserver.flags") &
        read -r _
        until [ -s "$home/etcd.pid" ] && [ -s "$home/kube-apiserver.pid" ]; do sleep 0.05; done
        kill -9 $(cat "$home/etcd.pid" "$home/kube-apiserver.pid")
        wait
        rm -rf "$home"
        """;

    private readonly string _home;
    private readonly Process _shell;

    private ControlPlaneProcess(string home, Process shell)
    {
        _home = home;
        _shell = shell;
    }

    public static ControlPlaneProcess Start(string home, string binaries, IEnumerable<string> etcdFlags, IEnumerable<string> serverFlags)
    {
        File.WriteAllLines(Path.Combine(home, "etcd.flags"), etcdFlags);
        File.WriteAllLines(Path.Combine(home, "kube-apiserver.flags"), serverFlags);
        var start = new ProcessStartInfo(
            "sh", ["-c", Script, "sh", home, Path.Combine(binaries, "etcd"), Path.Combine(binaries, "kube-apiserver")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Both have enough memory to collect garbage less often.
        start.Environment["GOGC"] = "400";
        return new ControlPlaneProcess(home, Process.Start(start)!);
    }

    /// <summary>True if one of the programs has ended unexpectedly.</summary>
    public bool HasEnded => File.Exists(Path.Combine(_home, "ended"));

    /// <summary>The last lines of both logs.</summary>
    public string Logs => string.Join(
        Environment.NewLine,
        Directory.EnumerateFiles(_home, "*.log")
            .Append(Path.Combine(_home, "ended"))
            .Where(File.Exists)
            .SelectMany(f => File.ReadLines(f).TakeLast(15)));

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }
}
