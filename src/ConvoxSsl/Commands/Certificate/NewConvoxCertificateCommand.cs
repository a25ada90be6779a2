using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance;
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

        Run(ct => session.Engine.CheckAsync(request with { IsDryRun = DryRun }, ct));
        if (DryRun)
        {
            DeferTrial(session, request);
            return;
        }

        if (Run(ct => session.Engine.FindCurrentAsync(request, ct)) is { } current)
        {
            WriteObject(session.Describe(current));
            return;
        }

        if (!ConfirmAction(string.Join(", ", request.Names), $"Issue a certificate from {request.Issuer}"))
        {
            return;
        }

        if (request.Issuer.DirectoryUrl is { } directoryUrl && !Run(ct => session.Engine.IsDelegatedAsync(request, ct)))
        {
            request = request with { Account = PromptForTerms(session, directoryUrl, request.Account) };
        }
        else if (string.IsNullOrEmpty(Issuer))
        {
            WriteWarning("The certificate is self-signed because no issuer was given, and browsers do not trust it. "
                + "For a public certificate, add -Issuer letsencrypt.");
        }

        var target = Target;
        Defer(ct => IssueAsync(session, request, target, ct));
    }

    private void DeferTrial(RackSession session, IssueRequest request)
    {
        if (request.Issuer.Trial?.DirectoryUrl is { } directoryUrl)
        {
            request = request with { Account = PromptForTerms(session, directoryUrl, request.Account) };
        }

        var action = $"Test the issuance of a certificate from {request.Issuer.Trial ?? request.Issuer}";
        if (ConfirmAction(string.Join(", ", request.Names), action))
        {
            var target = Target;
            Defer(ct => TryAsync(session, request, target, ct));
        }
    }

    private async Task IssueAsync(RackSession session, IssueRequest request, object target, CancellationToken ct)
    {
        try
        {
            if (NoWait)
            {
                WriteObject(session.Describe(await session.Engine.StartAsync(request, ct)));
                return;
            }

            await session.Engine.IssueAsync(
                request,
                entry =>
                {
                    WriteObject(session.Describe(entry));
                    RunHook(session.DescribeRenewal(
                        new CertificateState(entry, null), ConvoxRenewalResult.Renewed, $"Version {entry.LiveVersion} is live."));
                    return Task.CompletedTask;
                },
                ct);
        }
        catch (EngineException e) when (e.Code == ErrorCode.ValidationPending)
        {
            WriteWarning(Remedies.Append(e.Message, e.Remedy));
            WriteObject(await session.FindAsync((string)e.Value!, ct));
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Create(e, target));
            if (await session.Engine.Certificates.FindFailureAsync(request, ct) is { } failed)
            {
                RunHook(session.DescribeRenewal(failed, ConvoxRenewalResult.Failed, ErrorRecords.DescribeFailure(e)));
            }
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
