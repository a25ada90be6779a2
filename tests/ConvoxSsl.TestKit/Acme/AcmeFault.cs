namespace ConvoxSsl.TestKit.Acme;

/// <summary>
/// A fault of the server: its resource, its frequency and its effects, which can be combined. It occurs once by default.
/// </summary>
public sealed record AcmeFault : IFault<CaRequest>
{
    private AcmeFault(AcmeResource resource) => Resource = resource;

    /// <summary>Creates a fault at a resource.</summary>
    public static AcmeFault On(AcmeResource resource) => new(resource);

    internal AcmeResource Resource { get; private init; }

    /// <inheritdoc/>
    public int Skipped { get; private init; }

    /// <inheritdoc/>
    public int MaxOccurrences { get; private init; } = 1;

    private Func<CaRequest, bool> Applies { get; init; } = _ => true;

    internal Func<CaRequest, CancellationToken, Task>? Before { get; private init; }

    internal Func<CaRequest, CaResponse>? Instead { get; private init; }

    internal bool AbortsBefore { get; private init; }

    internal bool AbortsAfter { get; private init; }

    internal Func<CaResponse, CaResponse>? Edit { get; private init; }

    internal Func<CertificateContent, CertificateContent>? Content { get; private init; }

    internal int? ProcessingPolls { get; private init; }

    internal CaProblem? Validation { get; private init; }

    /// <summary>Sets the number of times that the fault occurs.</summary>
    public AcmeFault Times(int count) => this with { MaxOccurrences = count };

    /// <summary>Makes the fault permanent.</summary>
    public AcmeFault Always() => Times(int.MaxValue);

    /// <summary>Skips the first requests.</summary>
    public AcmeFault After(int count) => this with { Skipped = count };

    /// <summary>Limits the fault to matching requests.</summary>
    public AcmeFault When(Func<CaRequest, bool> applies) => this with { Applies = applies };

    /// <summary>Runs an action before the request is processed.</summary>
    public AcmeFault Do(Func<CaRequest, CancellationToken, Task> action) => this with { Before = action };

    /// <summary>Runs an action before the request is processed.</summary>
    public AcmeFault Do(Action action) => Do((_, _) =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <summary>Responds with this without processing the request.</summary>
    public AcmeFault Respond(CaResponse response) => this with { Instead = _ => response };

    /// <summary>Responds with the result of a function without processing the request.</summary>
    public AcmeFault Respond(Func<CaRequest, CaResponse> response) => this with { Instead = response };

    /// <summary>Rejects the request with a problem document.</summary>
    public AcmeFault Problem(int status, string type, string detail = "scripted") => Respond(CaResponse.Problem(status, type, detail));

    /// <summary>Breaks the connection before the request is processed.</summary>
    public AcmeFault Reset() => this with { AbortsBefore = true };

    /// <summary>Processes the request and breaks the connection before the response.</summary>
    public AcmeFault LoseResponse() => this with { AbortsAfter = true };

    /// <summary>Processes the request and changes the response.</summary>
    public AcmeFault Change(Func<CaResponse, CaResponse> edit) => this with { Edit = edit };

    /// <summary>On <see cref="AcmeResource.Finalize"/>: issues a certificate with other content.</summary>
    public AcmeFault Issue(Func<CertificateContent, CertificateContent> content) => this with { Content = content };

    /// <summary>On <see cref="AcmeResource.Finalize"/>: keeps the order <c>processing</c> for a number of polls.</summary>
    public AcmeFault KeepProcessing(int polls) => this with { ProcessingPolls = polls };

    /// <summary>On <see cref="AcmeResource.Challenge"/>: fails the validation with a problem.</summary>
    public AcmeFault FailValidation(CaProblem problem) => this with { Validation = problem };

    /// <summary>On <see cref="AcmeResource.Challenge"/>: fails the validation with a problem of this type.</summary>
    public AcmeFault FailValidation(string type, string detail = "scripted") =>
        FailValidation(new CaProblem { Type = type, Detail = detail, Status = 403 });

    /// <inheritdoc/>
    public bool Matches(CaRequest request) => request.Resource == Resource && Applies(request);
}
