using System.Management.Automation;
using System.Runtime.ExceptionServices;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Issues a certificate and stores it on the rack. Returns the existing one if it is not due for renewal.</summary>
/// <example>
/// <para>Issues one certificate for two names. The contact and the terms are required for the first certificate only.</para>
/// <code>New-ConvoxCertificate www.example.org, example.org -Issuer letsencrypt -Contact ops@example.org -AcceptTermsOfService</code>
/// </example>
/// <example>
/// <para>Issues a wildcard certificate. A DNS solver for the zone validates the name.</para>
/// <code>New-ConvoxCertificate *.example.org -Issuer letsencrypt</code>
/// </example>
/// <example>
/// <para>Creates a self-signed certificate.</para>
/// <code>New-ConvoxCertificate intranet.example.org -Issuer self-signed -Duration 90d</code>
/// </example>
/// <example>
/// <para>Issues a certificate for a private key that stays outside the rack.</para>
/// <code>New-ConvoxCertificate -CertificateSigningRequest ./request.csr -Issuer letsencrypt</code>
/// </example>
/// <example>
/// <para>Issues one certificate per name, with at most four concurrent requests.</para>
/// <code>'a.example.org', 'b.example.org' | New-ConvoxCertificate -Issuer letsencrypt -ThrottleLimit 4</code>
/// </example>
/// <example>
/// <para>Issues one certificate per CSV row and logs failures. Columns: Domain, Issuer (optional), Duration (optional). A second run
/// issues only the missing certificates.</para>
/// <code>
/// Import-Csv ./names.csv | New-ConvoxCertificate -Issuer letsencrypt -OnFailed { Add-Content ./failed.txt "$($_.Domain): $($_.Reason)" }
/// </code>
/// </example>
[Cmdlet(
    VerbsCommon.New, "ConvoxCertificate",
    SupportsShouldProcess = true,
    DefaultParameterSetName = DomainSet,
    HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxCertificate), typeof(ConvoxCheck))]
public sealed class NewConvoxCertificateCommand : IssuanceCmdlet
{
    private const string DomainSet = "Domain";
    private const string SigningRequestSet = "CertificateSigningRequest";

    private static readonly char[] s_separators = [',', ';'];

    /// <summary>
    /// The names of the certificate: DNS names, wildcards such as <c>*.example.org</c>, or IP addresses. A string can hold
    /// several names separated by commas or semicolons, such as a cell of a CSV file. Each pipeline object becomes one
    /// certificate. Results are written as they become ready, in no particular order.
    /// </summary>
    [Parameter(
        ParameterSetName = DomainSet,
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [DomainNames]
    [Alias("Domains")]
    [AllowEmptyString]
    public string[] Domain { get; set; } = [];

    /// <summary>A certificate signing request (PEM): its path or its text. Its private key is never stored on the rack.</summary>
    [Parameter(ParameterSetName = SigningRequestSet, Mandatory = true)]
    [Alias("Csr")]
    [ValidateNotNullOrEmpty]
    public string? CertificateSigningRequest { get; set; }

    /// <summary>
    /// The issuer: <c>letsencrypt</c>, <c>letsencrypt-staging</c>, another well-known CA, <c>self-signed</c>, or the URL of an
    /// ACME directory. Default: self-signed.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    public string? Issuer { get; set; }

    /// <summary>The PEM file of an existing private key. By default a new key is created.</summary>
    [Parameter(ParameterSetName = DomainSet)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>Issues a certificate even if the existing one is not due for renewal or the last attempt failed recently.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object Target =>
        ParameterSetName == SigningRequestSet ? CertificateSigningRequest!
        : Domain is [var single] ? single
        : Domain;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var key = KeyPath is null ? null : PrivateKey.FromPem(ReadTextFile(KeyPath));
        var request = NewRequest(key);
        foreach (var duplicate in request.Names.Duplicates)
        {
            WriteWarning($"The name '{duplicate}' was given twice and is included once.");
        }

        var plan = Run(ct => session.Engine.Planner.PlanAsync(request with { IsDryRun = DryRun }, ct));
        if (plan.IsSatisfied)
        {
            WriteObject(session.Describe(plan.Known!));
            return;
        }

        if (!ConfirmAction(
            string.Join(", ", request.Names), $"{(DryRun ? "Test the issuance of" : "Issue")} a certificate from {plan.Request.Issuer}"))
        {
            return;
        }

        plan = PromptForTerms(session, plan);
        if (plan.Method == IssuanceMethod.SelfSigned && string.IsNullOrEmpty(Issuer))
        {
            WriteWarning("The certificate is self-signed because no issuer was given, and browsers do not trust it. "
                + "For a public certificate, add -Issuer letsencrypt.");
        }

        var target = Target;
        if (NoWait && !DryRun)
        {
            Defer(ct => StartAsync(session, plan, target, ct));
        }
        else
        {
            DeferIssuance(session, plan, (result, ct) => WriteResultAsync(session, result, target, ct));
        }
    }

    private async Task StartAsync(RackSession session, IssuancePlan plan, object target, CancellationToken ct)
    {
        try
        {
            WriteObject(session.Describe(await session.Engine.StartAsync(plan, ct)));
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            await WriteFailureAsync(session, plan, e, target, ct);
        }
    }

    private async Task WriteResultAsync(RackSession session, IssueResult result, object target, CancellationToken ct)
    {
        switch (result)
        {
            case { Trial: { } chain }:
                WriteTrial(result, chain);
                break;
            case { Entry: { } entry }:
                WriteObject(session.Describe(entry));
                RunHook(session.DescribeRenewal(
                    new CertificateState(entry, null), ConvoxRenewalResult.Renewed, $"Version {entry.LiveVersion} is live."));
                break;
            case { Error: EngineException { Code: ErrorCode.ValidationPending } pending } when !DryRun:
                WriteWarning(Remedies.Append(pending.Message, pending.Remedy));
                WriteObject(await session.FindAsync((string)pending.Value!, ct));
                break;
            default:
                await WriteFailureAsync(session, result.Plan, result.Error!, target, ct);
                break;
        }
    }

    private async Task WriteFailureAsync(RackSession session, IssuancePlan plan, Exception error, object target, CancellationToken ct)
    {
        if (!ErrorRecords.CanDescribe(error))
        {
            ExceptionDispatchInfo.Throw(error);
        }

        WriteError(ErrorRecords.Create(error, target));
        if (!DryRun && await session.Engine.Certificates.FindFailureAsync(plan.Request, ct) is { } failed)
        {
            RunHook(session.DescribeRenewal(failed, ConvoxRenewalResult.Failed, ErrorRecords.DescribeFailure(error)));
        }
    }

    private IssueRequest NewRequest(PrivateKey? key)
    {
        var signingRequest = ParameterSetName == SigningRequestSet
            ? SigningRequest.FromPem(ReadSigningRequest(CertificateSigningRequest!))
            : null;
        return new IssueRequest
        {
            Names = signingRequest?.Names ?? CertificateNameSet.Parse(Domain.SelectMany(SplitNames)),
            Issuer = ParseIssuer(Issuer),
            Route = Engine.ToRoute(),
            Settings = Apply(new IssuanceSettings { SigningRequest = signingRequest?.ToPem() }),
            Key = key,
            SigningRequest = signingRequest,
            Force = Force,
            SkipLimitCheck = SkipLimitCheck,
            KeepVersions = KeepVersions,
            Timeout = Timeout,
            Account = NewAccountRequest(),
        };
    }

    // No name contains a separator. A string with a single name stays unchanged, so that an error shows it as given.
    private static string[] SplitNames(string text) =>
        text.Split(s_separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 1 } names
            ? names
            : [text];

    private string ReadSigningRequest(string pathOrText) =>
        pathOrText.Contains("-----BEGIN", StringComparison.Ordinal) ? pathOrText : ReadTextFile(pathOrText);
}
