namespace ConvoxSsl;

/// <summary>The result of publishing a certificate to an app or a target.</summary>
public sealed record ConvoxPublication
{
    /// <summary>The ID of the certificate; <c>*</c> if the app's namespace could not be read.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the app; empty for a target.</summary>
    public string? App { get; init; }

    /// <summary>The namespace of the app; empty for a target.</summary>
    public string? Namespace { get; init; }

    /// <summary>The number of the target; empty for an app.</summary>
    public int? Target { get; init; }

    /// <summary>The name of the machine that the target belongs to; empty for an app.</summary>
    public string? HostName { get; init; }

    /// <summary>The result.</summary>
    public required ConvoxPublicationResult Result { get; init; }

    /// <summary>The reason for a failure; empty otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The name of the rack.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>The results of publishing a certificate to an app or a target.</summary>
public enum ConvoxPublicationResult : long
{
    /// <summary>The live version was there already.</summary>
    Current,

    /// <summary>The live version replaced another one.</summary>
    Updated,

    /// <summary>The certificate was not there before.</summary>
    Created,

    /// <summary>The certificate could not be published.</summary>
    Failed,
}
