using Xunit.Abstractions;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>Tests that no cmdlet, on success or failure, shows a secret or writes it to a file that others can read.</summary>
[Collection(EnvironmentVariables.Name)]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SecretsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task No_cmdlet_shows_a_secret_or_writes_it_to_a_file_readable_by_others()
    {
        await using var session = await SecretsSession.StartAsync();
        await AccountScenarios.RunAsync(session);
        await CertificateScenarios.RunAsync(session);
        await TargetScenarios.RunAsync(session);
        await DnsSolverScenarios.RunAsync(session);
        await ScriptScenarios.RunAsync(session);
        await VaultScenarios.RunAsync(session);
        await WebhookScenarios.RunAsync(session);
        await ManifestScenarios.RunAsync(session);
        await RackScenarios.RunAsync(session);
        await ClusterScenarios.RunAsync(session);

        var (runs, characters) = session.Size;
        output.WriteLine(
            $"{runs} runs, {characters} characters, {session.Secrets.Keys} private keys, {session.Secrets.Forms} forms of secrets");
        string[] problems = [.. session.Leaks(), .. session.Unexpected, .. session.Missing()];
        Assert.True(problems.Length == 0, string.Join('\n', problems));
    }
}
