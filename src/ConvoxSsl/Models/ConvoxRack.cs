namespace ConvoxSsl;

/// <summary>The place that holds certificates, accounts, solvers and their secrets.</summary>
public sealed record ConvoxRack
{
    /// <summary>What it is called; <c>-Rack</c> takes it.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of rack it is.</summary>
    public required ConvoxRackKind Kind { get; init; }

    /// <summary>Its directory, or its cluster's address.</summary>
    public required string Location { get; init; }

    /// <summary>The Kubernetes namespace; empty for a local rack.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether its cluster served cert-manager's API when it was connected; empty for a local rack.</summary>
    public bool? CertManager { get; init; }

    /// <summary>The kubeconfig files that lead to its cluster; null in a pod.</summary>
    internal string? KubeConfig { get; init; }

    /// <summary>The context of the kubeconfig, which stays the same when another becomes the current one.</summary>
    internal string? Context { get; init; }

    /// <summary>Whether only the name was given, and which rack it stands for is yet to be found.</summary>
    internal bool IsReference { get; init; }

    /// <summary>
    /// A reference to a rack by its name or directory, which is looked up when it is used. By it PowerShell turns text into
    /// a rack also where <c>-Rack</c> does not belong to this module: in functions that hand it on, and in Pester's mocks.
    /// </summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static ConvoxRack Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return Reference(text);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>What a user's text stands for before it has been looked up.</summary>
    internal static ConvoxRack Reference(string text) => new() { Name = text, Kind = ConvoxRackKind.Local, Location = string.Empty, IsReference = true };
}

/// <summary>What kind of rack it is.</summary>
public enum ConvoxRackKind
{
    /// <summary>A directory.</summary>
    Local,

    /// <summary>A Convox rack in a Kubernetes cluster.</summary>
    Kubernetes,
}
