namespace ConvoxSsl.Tests.Secrets;

/// <summary>Tests that set environment variables, which all of the process sees: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EnvironmentVariables
{
    public const string Name = "Environment variables";
}

/// <summary>Environment variables that are as before when the test is over.</summary>
internal sealed class ChangedEnvironment : IDisposable
{
    private readonly Dictionary<string, string?> _before = [];

    public void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
