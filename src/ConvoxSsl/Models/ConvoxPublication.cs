namespace ConvoxSsl;

/// <summary>The result of publishing a certificate to an app.</summary>
public sealed record ConvoxPublication
{
    /// <summary>The ID of the certificate; <c>*</c> if the app's namespace could not be read.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the app.</summary>
    public required string App { get; init; }

    /// <summary>The namespace of the app.</summary>
    public required string Namespace { get; init; }

    /// <summary>The result.</summary>
    public required ConvoxPublicationResult Result { get; init; }

    /// <summary>The reason for a failure; empty otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The name of the rack.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>The results of publishing a certificate to an app.</summary>
public enum ConvoxPublicationResult : long
{
    /// <summary>The copy was already current.</summary>
    Current,

    /// <summary>The copy was updated.</summary>
    Updated,

    /// <summary>The copy was created.</summary>
    Created,

    /// <summary>The copy could not be written.</summary>
    Failed,
}
