using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Renewal;

/// <summary>How a certificate is renewed.</summary>
public sealed record RenewalRequest
{
    /// <summary>Who makes it from now on; null for the issuer that it has.</summary>
    public Issuer? Issuer { get; init; }

    /// <summary>Which way it is issued from now on; the default is the way of before.</summary>
    public IssuanceRoute Route { get; init; }

    /// <summary>What is different from now on.</summary>
    public Func<IssuanceSettings, IssuanceSettings> Change { get; init; } = settings => settings;

    /// <summary>Renew even if it is not due, or the last try failed a moment ago.</summary>
    public bool Force { get; init; }

    /// <summary>Send also what the CA would refuse as far as this rack has counted.</summary>
    public bool SkipLimitCheck { get; init; }

    /// <summary>How the account is made where it is gone.</summary>
    public AccountRequest Account { get; init; } = new();

    /// <summary>How many versions stay, the new one included.</summary>
    public int KeepVersions { get; init; } = IssueRequest.DefaultKeepVersions;

    /// <summary>How long the CA may take before the order is left for a later run.</summary>
    public TimeSpan Timeout { get; init; } = IssueRequest.DefaultTimeout;

    /// <summary>The request that a renewal makes.</summary>
    /// <exception cref="EngineException"><c>CertificateNotRenewable</c>: it was imported.</exception>
    /// <exception cref="InvalidInputException"><c>IssuerChange</c>; <c>CertificateOfApp</c>: more than a renewal is asked of an app's own.</exception>
    public IssueRequest ToIssueRequest(CertificateRecord record)
    {
        if (record.Settings is not { } settings)
        {
            throw new EngineException(
                ErrorCode.CertificateNotRenewable, EngineErrorKind.InvalidState, $"'{record.Id}' was imported, so its issuer must renew it. Import the new one with Import-ConvoxCertificate -Id {record.Id}.", record.Id);
        }

        var issuer = Issuer ?? (settings.Controller is null ? Issuance.Issuer.Parse(record.Issuer) : Issuance.Issuer.ParseControlled(record.Issuer));
        if (issuer.IsSelfSigned != (record.Issuer == Issuance.Issuer.SelfSignedName))
        {
            throw new InvalidInputException(
                ErrorCode.IssuerChange, $"'{record.Id}' is from {record.Issuer} and can't become one from {issuer}. Make a new certificate with New-ConvoxCertificate.", issuer.Name);
        }

        var route = ChooseRoute(settings, isSameIssuer: issuer.Name == record.Issuer);
        settings = Change(route == IssuanceRoute.Controller && settings.Controller is null ? settings.WithoutProof() : settings);
        if (record.IsOfApp() && (route != IssuanceRoute.Controller || issuer.Name != record.Issuer || settings != record.Settings))
        {
            throw new InvalidInputException(
                ErrorCode.CertificateOfApp, $"'{record.Id}' is the app's own, kept by cert-manager as the app's convox.yml says. Only its renewal can be asked for: leave out the other parameters.", record.Id);
        }

        return new IssueRequest
        {
            Names = CertificateNameSet.Parse(record.Domains),
            Issuer = issuer,
            CertificateId = record.Id,
            Route = route,
            Settings = settings,
            SigningRequest = settings.SigningRequest is { } pem ? SigningRequest.FromPem(pem) : null,
            Force = Force,
            SkipLimitCheck = SkipLimitCheck,
            Account = Account,
            KeepVersions = KeepVersions,
            Timeout = Timeout,
        };
    }

    // The way of before, as long as nobody wants another one.
    private IssuanceRoute ChooseRoute(IssuanceSettings settings, bool isSameIssuer) =>
        Route != IssuanceRoute.Default || !isSameIssuer ? Route
        : settings.Controller is null ? IssuanceRoute.Engine
        : IssuanceRoute.Controller;
}
