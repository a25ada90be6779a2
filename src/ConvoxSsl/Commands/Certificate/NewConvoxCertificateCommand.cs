using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Has a certificate issued and stores it on the rack; returns the one that is there while it is not due.</summary>
/// <example>
/// <code>
/// New-ConvoxCertificate www.example.org, example.org -Issuer letsencrypt -Contact ops@example.org -AcceptTermsOfService
/// </code>
/// Gets one certificate for two names. Contact and terms are needed for the first one only.
/// </example>
/// <example>
/// <code>
/// New-ConvoxCertificate *.example.org -Issuer letsencrypt
/// </code>
/// Gets a wildcard, which a DNS solver of the zone proves.
/// </example>
/// <example>
/// <code>
/// New-ConvoxCertificate intranet.example.org -Issuer self-signed -Duration 90d
/// </code>
/// Makes a self-signed one.
/// </example>
/// <example>
/// <code>
/// New-ConvoxCertificate -CertificateSigningRequest ./request.csr -Issuer letsencrypt
/// </code>
/// Gets one for a key that stays where it is.
/// </example>
/// <example>
/// <code>
/// 'a.example.org', 'b.example.org' | New-ConvoxCertificate -Issuer letsencrypt -ThrottleLimit 4
/// </code>
/// Gets one certificate for each name, up to four at a time.
/// </example>
/// <example>
/// <code>
/// Import-Csv ./names.csv | New-ConvoxCertificate -Issuer letsencrypt -OnFailed { Add-Content ./failed.txt "$($_.Domain): $($_.Reason)" }
/// </code>
/// Does so for the columns Domain, and if there are such Issuer and Duration, of a file, and notes what fails. Run again, it goes on with what is missing.
/// </example>
[Cmdlet(VerbsCommon.New, "ConvoxCertificate", SupportsShouldProcess = true, DefaultParameterSetName = DomainSet)]
[OutputType(typeof(ConvoxCertificate), typeof(ConvoxCheck))]
public sealed class NewConvoxCertificateCommand : IssuanceCmdlet
{
    private const string DomainSet = "Domain";
    private const string SigningRequestSet = "CertificateSigningRequest";

    private static readonly char[] s_betweenNames = [',', ';'];

    /// <summary>
    /// The names of the certificate: DNS names, wildcards such as <c>*.example.org</c>, or IP addresses. A text may hold
    /// several, separated by commas or semicolons, as a cell of a CSV file does. Each object of the pipeline
    /// becomes one certificate; results come as each is ready, in no certain order.
    /// </summary>
    [Parameter(ParameterSetName = DomainSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [DomainNames]
    [Alias("Domains")]
    [AllowEmptyString]
    public string[] Domain { get; set; } = [];

    /// <summary>Your own certificate signing request (PEM): its file, or its text. Its key never reaches the rack.</summary>
    [Parameter(ParameterSetName = SigningRequestSet, Mandatory = true)]
    [Alias("Csr")]
    [ValidateNotNullOrEmpty]
    public string? CertificateSigningRequest { get; set; }

    /// <summary>
    /// Who makes it: <c>letsencrypt</c>, <c>letsencrypt-staging</c>, another well-known CA, <c>self-signed</c>, or the URL
    /// of an ACME directory. By default it is self-signed, as with Convox.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    public string? Issuer { get; set; }

    /// <summary>The PEM file with your own private key. By default a new key is made.</summary>
    [Parameter(ParameterSetName = DomainSet)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>Orders even if there is a certificate for these names that is not due, or the last try failed a moment ago.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object Target => ParameterSetName == SigningRequestSet ? CertificateSigningRequest! : Domain is [var only] ? only : Domain;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var key = KeyPath is null ? null : PrivateKey.FromPem(ReadText(KeyPath));
        var request = NewRequest(key);
        foreach (var duplicate in request.Names.Duplicates)
        {
            WriteWarning($"'{duplicate}' was given twice; the certificate holds it once.");
        }

        Run(ct => session.Engine.CheckAsync(request with { IsDryRun = DryRun }, ct));
        if (DryRun)
        {
            TryLater(session, request);
            return;
        }

        if (Run(ct => session.Engine.FindCurrentAsync(request, ct)) is { } current)
        {
            WriteObject(session.Describe(current));
            return;
        }

        if (!Approves(string.Join(", ", request.Names), $"Issue a certificate from {request.Issuer}"))
        {
            return;
        }

        if (request.Issuer.DirectoryUrl is { } directoryUrl && !Run(ct => session.Engine.IsDelegatedAsync(request, ct)))
        {
            request = request with { Account = AskForTerms(session, directoryUrl, request.Account) };
        }
        else if (string.IsNullOrEmpty(Issuer))
        {
            WriteWarning("No issuer was named, so the certificate is self-signed, and no browser trusts it. For a public one add -Issuer letsencrypt.");
        }

        var target = Target;
        Later(ct => IssueAsync(session, request, target, ct));
    }

    private void TryLater(RackSession session, IssueRequest request)
    {
        if (request.Issuer.Trial?.DirectoryUrl is { } directoryUrl)
        {
            request = request with { Account = AskForTerms(session, directoryUrl, request.Account) };
        }

        if (Approves(string.Join(", ", request.Names), $"Try to issue a certificate from {request.Issuer.Trial ?? request.Issuer}"))
        {
            var target = Target;
            Later(ct => TryAsync(session, request, target, ct));
        }
    }

    private async Task TryAsync(RackSession session, IssueRequest request, object target, CancellationToken ct)
    {
        try
        {
            using var chain = await session.Engine.TryAsync(request, ct);
            WriteObject(Passed(request, chain));
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Of(e, target));
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
                    Tell(session.DescribeRenewal(new CertificateState(entry, null), ConvoxRenewalResult.Renewed, $"Version {entry.LiveVersion} is live."));
                    return Task.CompletedTask;
                },
                ct);
        }
        catch (EngineException e) when (e.Code == ErrorCode.ValidationPending)
        {
            WriteWarning(e.Message);
            WriteObject(await session.FindAsync((string)e.Value!, ct));
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Of(e, target));
            if (await session.FindFailureAsync(request, ct) is { } failed)
            {
                Tell(session.DescribeRenewal(failed, ConvoxRenewalResult.Failed, e.Message));
            }
        }
    }

    private IssueRequest NewRequest(PrivateKey? key)
    {
        var signingRequest = ParameterSetName == SigningRequestSet ? SigningRequest.FromPem(ReadSigningRequest(CertificateSigningRequest!)) : null;
        return new IssueRequest
        {
            Names = signingRequest?.Names ?? CertificateNameSet.Parse(Domain.SelectMany(NamesIn)),
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

    // None of the separators can be in a name. What holds no second name is left as it is, for its error to show it.
    private static string[] NamesIn(string given) =>
        given.Split(s_betweenNames, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 1 } several ? several : [given];

    private string ReadSigningRequest(string given) => given.Contains("-----BEGIN", StringComparison.Ordinal) ? given : ReadText(given);
}
