namespace ConvoxSsl.Completion;

/// <summary>Completes AWS profiles from the section names of the AWS configuration files.</summary>
public sealed class AwsProfileCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        [.. Sections("AWS_CONFIG_FILE", "config"), .. Sections("AWS_SHARED_CREDENTIALS_FILE", "credentials")];

    private static Candidate[] Sections(string variable, string name)
    {
        var file = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path
            ? path
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws", name);
        return !File.Exists(file) ? [] :
        [
            .. File.ReadLines(file)
                .Select(line => line.Trim())
                .Where(line => line is ['[', .., ']'])
                .Select(line => line[1..^1].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Where(section => section is [_] or ["profile", _])
                .Select(section => new Candidate(section[^1], $"profile in {file}")),
        ];
    }
}
