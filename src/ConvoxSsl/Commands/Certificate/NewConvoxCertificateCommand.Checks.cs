using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Requests;

namespace ConvoxSsl.Commands;

/// <content>The checks before an order.</content>
public sealed partial class NewConvoxCertificateCommand
{
    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (CertificateSigningRequest is not null && (Domain.Length > 0 || KeyPath is not null || Password is not null))
        {
            Reject(
                "A signing request contains the names and the public key of the certificate, but names or a key were given as well.",
                new Remedy("InvalidParameters.SigningRequest"));
        }
    }

    // What would fail before the first step is not promised by -WhatIf either.
    private void RequirePossible(RackSession session, IssuancePlan plan)
    {
        if (NoWait && !DryRun)
        {
            IssuanceEngine.RequireNoWait(plan);
        }

        RequireTerms(session, plan);
    }

    // Without a named issuer, a certificate from a CA for the same names determines it, so this is the only search for one.
    private void WarnOfOtherCertificate(RackSession session, CertificateNameSet names, bool isNamed)
    {
        if (isNamed && Run(ct => session.Engine.Issuers.FindFromCaAsync(names, ct)) is { } fromCa)
        {
            WriteWarning($"{DescribeFromCa(fromCa)} The self-signed one does not replace it.");
        }
        else if (Run(ct => session.Engine.Issuers.FindImportedAsync(names, ct)) is { } imported)
        {
            WriteWarning($"The rack has an imported certificate for the same names: {imported.Record.Id}. The self-signed one does not "
                + $"replace it. For a new version of the imported one, use Import-ConvoxCertificate -Id {imported.Record.Id}.");
        }
    }

    // A default that was set after the certificate was made does not change it.
    private void WarnOfDefaultIssuer(RackSession session, IssueRequest request, bool isChosen)
    {
        if (isChosen && request.Issuer.IsSelfSigned
            && Run(session.Engine.Issuers.FindDefaultAsync) is { IsSelfSigned: false } standard)
        {
            WriteWarning("The rack has a self-signed certificate for these names, so this one is self-signed too. For a certificate from "
                + $"the rack's default issuer, add -Issuer {standard}.");
        }
    }

    private static string DescribeFromCa(CertificateState state) => state switch
    {
        { Entry: not null } => $"The rack has a certificate from {state.Record.Issuer} for the same names: {state.Record.Id}.",
        { Failure: not null } => $"A certificate from {state.Record.Issuer} for the same names could not be issued: {state.Record.Id}.",
        _ => $"A certificate from {state.Record.Issuer} for the same names is still being issued: {state.Record.Id}.",
    };
}
