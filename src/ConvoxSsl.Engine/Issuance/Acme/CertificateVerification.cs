using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Plans;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// Verifies an issued certificate before it replaces the live one: names, key, dates, signatures and basic constraints. Trust is not
/// verified, because the certificate of a private or staging CA need not be trusted on this machine.
/// </summary>
/// <param name="request">The signing request.</param>
/// <param name="plan">The plan.</param>
/// <param name="context">The context.</param>
internal sealed class CertificateVerification(SigningRequest request, IssuancePlan plan, IssuanceContext context)
{
    private static readonly TimeSpan MaxClockDifference = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MinRemaining = TimeSpan.FromHours(1);

    /// <summary>Parses a chain and verifies that its leaf is the requested certificate and can be used.</summary>
    /// <exception cref="AcmeException"><c>certificateMismatch</c>, <c>malformedAnswer</c>.</exception>
    /// <exception cref="EngineException"><c>ClockWrong</c>: only by the clock of this machine can it not be used.</exception>
    public CertificateChain Verify(AcmeCertificate certificate, Uri url)
    {
        var chain = Parse(certificate.Pem, url);
        try
        {
            RequireRequested(chain, url);
            RequireDates(chain.Leaf, certificate.Sent, url);
            if (ChainFault.IsAuthority(chain.Leaf))
            {
                throw Mismatch("its certificate is a CA certificate", url);
            }

            return ChainFault.Find(chain) is { } fault
                ? throw Mismatch($"its certificate cannot be used because {fault}", url)
                : chain;
        }
        catch
        {
            chain.Dispose();
            throw;
        }
    }

    /// <summary>Reports what is unusual about a certificate that can be used all the same.</summary>
    public void ReportDeviations(CertificateChain chain, Uri url)
    {
        var added = chain.LeafNames().Except(request.Names.Select(n => n.Value), StringComparer.Ordinal).ToList();
        if (added.Count > 0)
        {
            context.ReportWarning(
                $"The CA at {url.Authority} added {string.Join(", ", added)} to the certificate for {string.Join(", ", request.Names)}.");
        }

        if (ChainFault.LacksIntermediate(chain))
        {
            context.ReportWarning(
                $"The CA at {url.Authority} sent no intermediate certificate. Clients that do not have '{chain.Leaf.Issuer}' as a root "
                    + "reject the certificate.");
        }

        DateTimeOffset expires = chain.Leaf.NotAfter.ToUniversalTime();
        if (plan.Known is { } known && known.Record.Issuer == plan.Record.Issuer && expires < known.Live.Expires)
        {
            context.ReportWarning(
                $"The new certificate for {plan.Record.Domains[0]} expires on {expires:u}, before the previous one, which expires on "
                    + $"{known.Live.Expires:u}.");
        }
    }

    private static CertificateChain Parse(string pem, Uri url)
    {
        try
        {
            return CertificateChain.FromPem(pem);
        }
        catch (InvalidInputException e)
        {
            throw new AcmeException(
                AcmeProblem.Create(AcmeProblemType.MalformedAnswer, $"its response is not a certificate chain: {e.Message}"), url, null, e);
        }
    }

    private void RequireRequested(CertificateChain chain, Uri url)
    {
        if (!chain.Leaf.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(request.PublicKey.Span))
        {
            throw Mismatch("its certificate is for another key than the one in the signing request", url);
        }

        var names = chain.LeafNames();
        if (request.Names.Any(n => !names.Contains(n.Value, StringComparer.Ordinal)))
        {
            throw Mismatch($"its certificate is for {string.Join(", ", names)} and not for {string.Join(", ", request.Names)}", url);
        }
    }

    private void RequireDates(X509Certificate2 leaf, DateTimeOffset? sent, Uri url)
    {
        if (FindDateFault(leaf, context.Now) is not { } fault)
        {
            return;
        }

        // The CA's certificate must not be lost because of this machine's clock.
        if (sent is { } time && FindDateFault(leaf, time) is null)
        {
            throw new EngineException(
                ErrorCode.ClockWrong,
                EngineErrorKind.InvalidState,
                $"The certificate from {url.Authority} {fault}. The clock of this machine shows {context.Now:u}, and the CA's {time:u}.",
                plan.Record.Id)
            {
                Remedy = "Set the clock of this machine; the next run downloads the certificate.",
            };
        }

        throw Mismatch($"its certificate {fault}, and the clock of this machine shows {context.Now:u}", url);
    }

    private string? FindDateFault(X509Certificate2 leaf, DateTimeOffset now)
    {
        DateTimeOffset begin = leaf.NotBefore.ToUniversalTime();
        DateTimeOffset end = leaf.NotAfter.ToUniversalTime();
        var minimum = plan.Request.Settings.Duration / 2 is { } half && half < MinRemaining ? half : MinRemaining;
        return begin > now + MaxClockDifference ? $"is valid only from {begin:u}"
            : end <= now ? $"expired on {end:u}"
            : end < now + minimum ? $"already expires on {end:u}"
            : null;
    }

    private static AcmeException Mismatch(string fault, Uri url) =>
        new(AcmeProblem.Create(AcmeProblemType.CertificateMismatch, fault + "; it was not stored"), url);
}
