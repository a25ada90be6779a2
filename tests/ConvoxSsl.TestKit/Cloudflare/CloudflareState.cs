namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>A zone of the server: its name in A-labels and as the API shows it.</summary>
internal sealed record ServedZone(string Id, string Name, string Shown, string Status, IReadOnlyList<string> NameServers);

/// <summary>A record of a zone, with its stored content.</summary>
internal sealed record ServedRecord(string Id, string ZoneId, string Type, string Name, string Content, int Ttl)
{
    /// <summary>The value without quotes.</summary>
    public string Value => Content.StartsWith('"') ? TxtRule.Parse(Content) : Content;
}

/// <summary>The state of the server. Callers must hold the lock.</summary>
internal sealed class CloudflareState
{
    public Lock Gate { get; } = new();

    public List<ServedZone> Zones { get; } = [];

    public List<ServedRecord> Records { get; set; } = [];

    public Dictionary<string, CloudflareGrant> Tokens { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Keys { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<CloudflareApiRequest> Calls { get; } = [];

    public static string NewId() => Guid.NewGuid().ToString("N");

    public IReadOnlyList<string> Txt(string name) =>
        [.. Records.Where(r => r.Type == "TXT" && r.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(r => r.Value)];

    public ServedZone ZoneOf(string name) =>
        Zones.Where(z => name == z.Name || name.EndsWith("." + z.Name, StringComparison.Ordinal)).MaxBy(z => z.Name.Length)
        ?? throw new InvalidOperationException($"No zone for '{name}'.");
}
