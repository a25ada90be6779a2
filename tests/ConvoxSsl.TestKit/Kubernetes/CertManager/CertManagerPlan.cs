namespace ConvoxSsl.TestKit.Kubernetes.CertManager;

/// <summary>The outcome of a Certificate in the simulation of cert-manager.</summary>
public sealed record CertManagerPlan
{
    private const string AcmeError = "urn:ietf:params:acme:error:";

    private CertManagerPlan()
    {
    }

    internal CertManagerStage Until { get; private init; } = CertManagerStage.Issued;

    internal bool IsFailing { get; private init; }

    internal string? Reason { get; private init; }

    internal string? Condition { get; private init; }

    internal string? State { get; private init; }

    /// <summary>The certificate is issued.</summary>
    public static CertManagerPlan Issue { get; } = new();

    /// <summary>Nothing happens, as when the controller is down.</summary>
    public static CertManagerPlan Nothing { get; } = new() { Until = CertManagerStage.Asked };

    /// <summary>The request waits for approval.</summary>
    public static CertManagerPlan WaitForApproval { get; } = new() { Until = CertManagerStage.Requested };

    /// <summary>The challenges are presented but have not propagated yet.</summary>
    public static CertManagerPlan WaitForPropagation { get; } = new()
    {
        Until = CertManagerStage.Challenged,
        Reason = "Waiting for DNS-01 challenge propagation: DNS record for \"{name}\" not yet propagated",
    };

    /// <summary>The challenges are presented without a message about propagation.</summary>
    public static CertManagerPlan Present { get; } = new() { Until = CertManagerStage.Challenged };

    /// <summary>The CA has validated the challenges, but their records at Cloudflare cannot be removed (cert-manager#7540).</summary>
    public static CertManagerPlan HangAtCleanUp { get; } = new()
    {
        Until = CertManagerStage.Challenged,
        State = "valid",
        Reason = "while querying the Cloudflare API for DELETE \"/zones//dns_records/3acebb4c72640773f23144cdaa91842c\" \n\t "
            + "Error: 7003: Could not route to /client/v4/zones/dns_records/3acebb4c72640773f23144cdaa91842c, perhaps your object "
            + "identifier is invalid?",
    };

    /// <summary>An approver denies the request.</summary>
    public static CertManagerPlan Deny { get; } = Fail(CertManagerStage.Requested, "No policy approved this request", "Denied");

    /// <summary>The request is invalid.</summary>
    public static CertManagerPlan RefuseRequest { get; } = Fail(
        CertManagerStage.Requested, "The CSR PEM requests a commonName that is not present in the list of dnsNames", "InvalidRequest");

    /// <summary>The CA rejects the order because of a rate limit.</summary>
    public static CertManagerPlan RefuseOrder { get; } = Fail(
        CertManagerStage.Ordered,
        $"Failed to create Order: 429 {AcmeError}rateLimited: Error creating new order :: too many certificates (5) already issued for "
            + "this exact set of domains in the last 168 hours");

    /// <summary>The CA does not find the challenge response.</summary>
    public static CertManagerPlan RefuseChallenge { get; } = Fail(
        CertManagerStage.Challenged,
        $"Error accepting authorization: acme: authorization error for {{name}}: 403 {AcmeError}unauthorized: 198.51.100.7: Invalid "
            + $"response from http://{{name}}/.well-known/acme-challenge/abc: 404");

    private static CertManagerPlan Fail(CertManagerStage at, string reason, string? condition = null) =>
        new() { Until = at, IsFailing = true, Reason = reason, Condition = condition };
}

internal enum CertManagerStage
{
    Asked,
    Requested,
    Ordered,
    Challenged,
    Issued,
}
