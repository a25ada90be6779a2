namespace ConvoxSsl.Completion;

/// <summary>Completes the names of systemd's services that are installed on this machine.</summary>
public sealed class SystemdServiceCompleter : ArgumentCompleterBase
{
    private const string Suffix = ".service";

    private static readonly string[] Directories =
        ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    // The name of a template, which ends with @, is not that of a service.
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) => Directories
        .Where(Directory.Exists)
        .SelectMany(directory => Directory.EnumerateFiles(directory, $"*{Suffix}"))
        .Select(file => Path.GetFileName(file)[..^Suffix.Length])
        .Where(name => !name.EndsWith('@'))
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal)
        .Select(name => new Candidate(name));
}
