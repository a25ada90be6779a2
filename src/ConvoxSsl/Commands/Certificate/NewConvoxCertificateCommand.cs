using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Errors;

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
/// <para>Issues from Let's Encrypt without naming it each time. A certificate that exists keeps its issuer.</para>
/// <code>
/// Set-ConvoxRack -DefaultIssuer letsencrypt
/// New-ConvoxCertificate www.example.org
/// </code>
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
[Cmdlet(VerbsCommon.New, "ConvoxCertificate", SupportsShouldProcess = true, DefaultParameterSetName = DomainSet,
    HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxCertificate), typeof(ConvoxCheck))]
public sealed partial class NewConvoxCertificateCommand : IssuanceCmdlet
{
    private const string DomainSet = "Domain";

    private protected override object Target => CertificateSigningRequest ?? (Domain is [var single] ? single : (object)Domain);

    private protected override bool CreatesRack => true;

    private protected override void ProcessInput()
    {
        var request = NewRequest();
        var session = OpenRack();
        var isNamed = !string.IsNullOrEmpty(Issuer);
        var isChosen = isNamed;
        if (!isNamed)
        {
            (request, isChosen) = Run(ct => session.Engine.Issuers.SelectAsync(request, ct));
            WarnOfDefaultIssuer(session, request, isChosen);
        }

        foreach (var duplicate in request.Names.Duplicates)
        {
            WriteWarning($"The name '{duplicate}' was given twice and is included once.");
        }

        var plan = Run(ct => session.Engine.Planner.PlanAsync(request, ct));
        if (plan.IsSatisfied)
        {
            WriteObject(session.Describe(plan.Known!));
            return;
        }

        if (plan is { Method: IssuanceMethod.SelfSigned, Known: null })
        {
            WarnOfOtherCertificate(session, request.Names, isNamed);
        }

        RequirePossible(session, plan);
        var action = plan.Method == IssuanceMethod.SelfSigned ? "Create a self-signed certificate"
            : $"{(DryRun ? "Test the issuance of" : "Issue")} a certificate from {plan.Request.Issuer}";
        if (!ConfirmAction(string.Join(", ", request.Names), action))
        {
            return;
        }

        plan = PromptForTerms(session, plan);
        if (plan.Method == IssuanceMethod.SelfSigned && !isChosen)
        {
            WriteWarning("The certificate is self-signed because no issuer was given, and browsers do not trust it. For a public "
                + "certificate, add -Issuer letsencrypt, or make it the default with Set-ConvoxRack -DefaultIssuer letsencrypt.");
        }

        var target = Target;
        DeferIssuance(session, plan, start: NoWait && !DryRun, (result, ct) => WriteResultAsync(session, result, target, ct));
    }

    private async Task WriteResultAsync(RackSession session, IssueResult result, object target, CancellationToken ct)
    {
        switch (result)
        {
            case { Started: { } started }:
                WriteObject(session.Describe(started));
                break;
            case { Entry: { } entry }:
                WriteObject(session.Describe(entry));
                DeliverAtEnd(session, entry.Record.Id);
                RunHook(session.Describe(RenewalOutcome.FromIssued(before: null, entry)));
                break;
            case { Error: EngineException { Code: ErrorCode.ValidationPending } pending } when !DryRun && !NoWait:
                WriteWarning(Remedies.Append(pending.Message, pending.Remedy));
                WriteObject(await session.FindAsync((string)pending.Value!, ct));
                break;
            default:
                WriteError(ErrorRecords.Create(result.Error!, target, GetType()));
                if (!DryRun && await session.Engine.Certificates.FindFailureAsync(result.Plan.Request, ct) is { } failed)
                {
                    RunHook(session.Describe(new RenewalOutcome(failed, RenewalResult.Failed)
                    {
                        Error = result.Error,
                        FailureNextTry = failed.Failure?.NextTry,
                    }));
                }

                break;
        }
    }

    private IssueRequest NewRequest()
    {
        if (CertificateSigningRequest is not { } csr)
        {
            var key = ReadKeyFile(KeyPath, Password);
            return Apply(IssueRequest.FromNames(CertificateNameSet.ParseLists(Domain), ParseIssuer(Issuer), key));
        }

        var request = InputFile.IsPem(csr) ? SigningRequest.FromPem(csr) : SigningRequest.FromPem(ReadPemFile(csr), csr);
        return Apply(IssueRequest.FromSigningRequest(request, ParseIssuer(Issuer)));
    }
}
