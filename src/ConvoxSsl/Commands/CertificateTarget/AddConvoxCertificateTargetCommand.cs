using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Adds a certificate target: the files that a server reads, and the reload of the server. The certificate is delivered now and after
/// each renewal.
/// </summary>
/// <remarks>
/// The files are replaced atomically, and key and certificate back to back. A replaced file keeps its owner, group and mode. A failed
/// delivery is an error, and Update-ConvoxCertificate, which Register-ConvoxRenewal runs twice a day, retries it. A target belongs to the
/// machine that added it, and only that machine delivers to it. Everything is checked before the target is stored;
/// Test-ConvoxCertificateTarget repeats the checks.
/// </remarks>
/// <example>
/// <para>Writes cert.pem, chain.pem, fullchain.pem and privkey.pem to a directory, now and after each renewal, reloads nginx, and verifies
/// that it presents the certificate.</para>
/// <code>Add-ConvoxCertificateTarget www.example.org /etc/nginx/tls -Service nginx -Endpoint localhost:443</code>
/// </example>
/// <example>
/// <para>Writes one file with key, certificate and chain for HAProxy.</para>
/// <code>Add-ConvoxCertificateTarget www.example.org /etc/haproxy/site.pem -Format CombinedPem -Service haproxy</code>
/// </example>
/// <example>
/// <para>Writes the files that a configuration names already, and runs a program that reloads the server.</para>
/// <code>
/// Add-ConvoxCertificateTarget mail.example.org -CertificatePath /etc/postfix/tls.crt -KeyPath /etc/postfix/tls.key `
///     -Command postfix, reload
/// </code>
/// </example>
/// <example>
/// <para>Delivers with your own program, which gets the directory of the PEM files.</para>
/// <code>Add-ConvoxCertificateTarget vpn.example.org -Script { param($Certificate, $Path) uploadcert $Certificate.Domain $Path }</code>
/// </example>
/// <example>
/// <para>Writes each certificate of a domain to a directory of its own, also those that are issued later.</para>
/// <code>Add-ConvoxCertificateTarget -Domain *.example.org -Path /etc/nginx/sites -Service nginx</code>
/// </example>
[Cmdlet(VerbsCommon.Add, "ConvoxCertificateTarget", SupportsShouldProcess = true, HelpUri = HelpPages.Targets)]
[OutputType(typeof(ConvoxCertificateTarget))]
public sealed class AddConvoxCertificateTargetCommand : TargetSettingsCmdlet
{
    /// <summary>
    /// The certificate: its ID, the beginning of one that no other certificate has, or one of its names. With wildcards, all certificates
    /// whose ID or name matches, as with <c>-Domain</c>.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [CertificateId]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Certificate)]
    public string[]? Certificate { get; set; }

    /// <summary>
    /// The directory for cert.pem, chain.pem, fullchain.pem and privkey.pem, or with another <c>-Format</c> the file or its directory.
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    private protected override object? Target => Certificate ?? (object?)Domain;

    private protected override bool CreatesRack => true;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RequireNoInput(Certificate);
    }

    private protected override void ProcessInput()
    {
        if (Certificate is null && Domain is null)
        {
            throw new InvalidInputException(ErrorCode.InvalidParameters, "The target has no certificate.")
            {
                Remedy = new Remedy("InvalidParameters.TargetCertificate"),
            };
        }

        if (Domain is not null && Path is null && Certificate is [var first] && first.AsSpan().ContainsAny('/', '\\'))
        {
            throw new InvalidInputException(ErrorCode.InvalidParameters, $"'{first}' was given as a certificate.")
            {
                Remedy = new Remedy("InvalidParameters.TargetDirectory"),
            };
        }

        var session = OpenRack();
        string?[] texts = Certificate is { } given ? [.. given] : [null];
        foreach (var text in texts)
        {
            ProcessItem(text ?? Domain, () => Add(session, text));
        }
    }

    private void Add(RackSession session, string? text)
    {
        var target = new TargetInput(this, Path).Apply(new CertificateTarget
        {
            Id = 0,
            Machine = session.Engine.Targets.Machine,
            Certificate = text is null ? null : FindCertificate(session, text),
            Domain = Domain is null ? null : TargetInput.ParseDomain(Domain),
        });
        Run(ct => session.Engine.Targets.CheckAsync(target, ct));
        var matched = Run(ct => session.Engine.Targets.MatchAsync(target, ct));
        if (!Force)
        {
            Run(ct => session.Engine.Targets.CheckEndpointAsync(matched, ct));
        }

        if (matched.Deliveries.Count == 0)
        {
            WriteWarning(target is { IsPattern: false, Certificate: not null }
                ? $"'{text}' has not been issued yet. It will be delivered when it is issued."
                : $"No certificate of rack '{session.Name}' matches '{text ?? Domain}' yet. It will be delivered when it is issued.");
        }

        var place = target.Files is { } files ? TargetFileSet.GetPlace(files) : "script";
        if (ConfirmAction(place, $"Deliver {DescribeCertificates(target, text ?? Domain!)} now and after each renewal"))
        {
            var added = Run(ct => session.Engine.Targets.AddAsync(target, ct));
            WriteObject(Deliver(session, added));
        }
    }

    private static string DescribeCertificates(CertificateTarget target, string text) =>
        target.IsPattern ? $"the certificates that match '{text}'" : $"the certificate '{text}'";
}
