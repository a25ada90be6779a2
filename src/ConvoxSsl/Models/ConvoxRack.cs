namespace ConvoxSsl;

/// <summary>A rack: the store of certificates, accounts, DNS solvers and their secrets.</summary>
public sealed record ConvoxRack
{
    /// <summary>The name, which <c>-Rack</c> accepts.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of the rack.</summary>
    public required ConvoxRackKind Kind { get; init; }

    /// <summary>The directory of a local rack, or the address of the cluster.</summary>
    public required string Location { get; init; }

    /// <summary>The Kubernetes namespace; empty for a local rack.</summary>
    public string? Namespace { get; init; }

    /// <summary>True if the cluster served cert-manager's API when the rack was connected; empty for a local rack.</summary>
    public bool? CertManager { get; init; }

    /// <summary>
    /// The issuer of new certificates if none is named, which <c>Set-ConvoxRack</c> sets; empty if there is none. On a Kubernetes rack,
    /// the one of when the rack was connected.
    /// </summary>
    public string? DefaultIssuer { get; init; }

    /// <summary>The kubeconfig files of the cluster; null in a pod.</summary>
    internal string? KubeConfig { get; init; }

    /// <summary>The kubeconfig context. It is fixed here, so that a change of the current context has no effect.</summary>
    internal string? Context { get; init; }

    /// <summary>True if this is an unresolved reference: only the name was given.</summary>
    internal bool IsReference { get; init; }

    /// <summary>
    /// Creates a reference to a rack from its name or directory, which is resolved when it is used. PowerShell calls this to
    /// convert text for parameters outside this module, such as those of wrapper functions and Pester mocks.
    /// </summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static ConvoxRack Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return CreateReference(text);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Creates an unresolved reference from the user's text.</summary>
    internal static ConvoxRack CreateReference(string text) =>
        new() { Name = text, Kind = ConvoxRackKind.Local, Location = string.Empty, IsReference = true };
}

/// <summary>The kinds of racks.</summary>
public enum ConvoxRackKind : long
{
    /// <summary>A directory.</summary>
    Local,

    /// <summary>A Convox rack in a Kubernetes cluster.</summary>
    Kubernetes,
}
