using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Requests;

/// <summary>A request to renew a certificate.</summary>
public sealed record RenewalRequest
{
    /// <summary>The new issuer; null to keep the current one.</summary>
    public Issuer? Issuer { get; init; }

    /// <summary>The new issuance route; the default keeps the current one.</summary>
    public IssuanceRoute Route { get; init; }

    /// <summary>Changes the settings of the certificate.</summary>
    public Func<IssuanceSettings, IssuanceSettings> Change { get; init; } = settings => settings;

    /// <summary>True to renew even if the certificate is not due or the last attempt failed recently.</summary>
    public bool Force { get; init; }

    /// <summary>True to skip the local rate-limit check.</summary>
    public bool SkipLimitCheck { get; init; }

    /// <summary>The account to create if it no longer exists.</summary>
    public AccountRequest Account { get; init; } = new();

    /// <summary>The number of versions to keep, including the new one.</summary>
    public int KeepVersions { get; init; } = IssueRequest.DefaultKeepVersions;

    /// <summary>The time to wait for the CA before the order is left for a later run.</summary>
    public TimeSpan Timeout { get; init; } = IssueRequest.DefaultTimeout;

    /// <summary>Creates the issue request of the renewal.</summary>
    /// <exception cref="EngineException"><c>CertificateNotRenewable</c>: the certificate was imported.</exception>
    /// <exception cref="InvalidInputException">
    /// <c>IssuerChange</c>; <c>CertificateOfApp</c>: changes to an app's own certificate.
    /// </exception>
    public IssueRequest ToIssueRequest(CertificateRecord record)
    {
        if (record.Settings is not { } settings)
        {
            throw new EngineException(
                ErrorCode.CertificateNotRenewable,
                EngineErrorKind.InvalidState,
                $"Cannot renew '{record.Id}' because it was imported: only its issuer can renew it.",
                record.Id);
        }

        var issuer = Issuer ?? Requests.Issuer.FromRecord(record);
        if (issuer.IsSelfSigned != (record.Issuer == Requests.Issuer.SelfSignedName))
        {
            throw new InvalidInputException(
                ErrorCode.IssuerChange, $"Cannot change the issuer of '{record.Id}' from {record.Issuer} to {issuer}.", issuer.Name);
        }

        var route = ChooseRoute(settings, isSameIssuer: issuer.Name == record.Issuer);
        settings = Change(route == IssuanceRoute.Controller && settings.Controller is null ? settings.WithoutProof() : settings);
        if (record.IsOfApp() && (route != IssuanceRoute.Controller || issuer.Name != record.Issuer || settings != record.Settings))
        {
            throw new InvalidInputException(
                ErrorCode.CertificateOfApp,
                $"Cannot change '{record.Id}' because it belongs to an app: cert-manager keeps it as the app's convox.yml says, "
                + "and only its renewal can be requested.",
                record.Id)
            {
                Remedy = new Remedy("CertificateOfApp.Renewal"),
            };
        }

        return new IssueRequest
        {
            Names = CertificateNameSet.Parse(record.Domains),
            Issuer = issuer,
            CertificateId = record.Id,
            Route = route,
            IsRouteKept = Route == IssuanceRoute.Default,
            Settings = settings,
            SigningRequest = settings.SigningRequest is { } pem ? SigningRequest.FromPem(pem) : null,
            Force = Force,
            SkipLimitCheck = SkipLimitCheck,
            Account = Account,
            KeepVersions = KeepVersions,
            Timeout = Timeout,
        };
    }

    // Keeps the current route unless the request names another route or issuer.
    private IssuanceRoute ChooseRoute(IssuanceSettings settings, bool isSameIssuer) =>
        Route != IssuanceRoute.Default || !isSameIssuer ? Route
        : settings.Controller is null ? IssuanceRoute.Engine
        : IssuanceRoute.Controller;
}
