namespace ConvoxSsl;

/// <summary>What came of publishing a certificate to an app.</summary>
public sealed record ConvoxPublication
{
    /// <summary>The certificate; <c>*</c> where the app could not be looked into at all.</summary>
    public required string Id { get; init; }

    /// <summary>The app.</summary>
    public required string App { get; init; }

    /// <summary>The app's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>What was done with the app's copy.</summary>
    public required ConvoxPublicationResult Result { get; init; }

    /// <summary>Why it could not be written.</summary>
    public string? Reason { get; init; }

    /// <summary>The rack's name.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>What was done with an app's copy of a certificate.</summary>
public enum ConvoxPublicationResult
{
    /// <summary>It was the same already.</summary>
    Current,

    /// <summary>It was brought up to date.</summary>
    Updated,

    /// <summary>It was made.</summary>
    Created,

    /// <summary>It could not be written.</summary>
    Failed,
}
