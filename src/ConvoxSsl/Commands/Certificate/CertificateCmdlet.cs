using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Selection;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>The base of cmdlets that process certificates of a rack one by one.</summary>
public abstract class CertificateCmdlet : ConvoxCmdlet
{
    private protected const string IdSet = "Id";
    private protected const string DomainSet = "Domain";

    // After the positions of derived cmdlets, which other arguments beside -Domain have.
    private const int LastPosition = 9;

    /// <summary>
    /// The certificates: an ID, the beginning of one that no other certificate has, or one of the certificate's names. Wildcards are
    /// permitted.
    /// </summary>
    [Parameter(
        ParameterSetName = IdSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = DomainSet, Position = LastPosition)]
    [RejectedInSets(DomainSet)]
    [CertificateId]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [NotEmpty(NotEmptyAttribute.Certificate)]
    public string[]? Id { get; set; }

    /// <summary>
    /// The certificates for these names, in Unicode or A-labels. Wildcards are permitted. A wildcard that is the name of a certificate,
    /// such as <c>*.example.org</c>, selects that certificate only.
    /// </summary>
    [Parameter(ParameterSetName = DomainSet, Mandatory = true)]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [NotEmpty(NotEmptyAttribute.Domain)]
    public string[]? Domain { get; set; }

    private bool _isValidated;
    private bool _isValid;

    /// <summary>The certificates that the cmdlet can use.</summary>
    private protected virtual SelectionScope Scope => SelectionScope.One;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RequireIdOrDomain(Id, Domain);
        RequireNoInput(Id ?? Domain);
    }

    /// <summary>Validates the parameters before any certificate is read.</summary>
    private protected virtual void ValidateParameters()
    {
    }

    /// <summary>Processes one certificate on the pipeline thread.</summary>
    private protected abstract void ProcessCertificate(RackSession session, SelectedCertificate certificate);

    /// <summary>Warns that clients reject a version of a certificate that was revoked, has expired or is not valid yet.</summary>
    /// <param name="done">The past participle of the cmdlet's action.</param>
    /// <param name="id">The ID of the certificate.</param>
    /// <param name="version">The version.</param>
    private protected void WarnIfUnusable(string done, string id, CertificateVersion version)
    {
        var reason = version.Revoked is not null ? "was revoked"
            : version.Expires <= Now ? $"expired on {version.Expires:u}"
            : version.NotBefore > Now ? $"is valid only from {version.NotBefore:u}"
            : null;
        if (reason is not null)
        {
            WriteWarning($"Clients reject the {done} version {version.Number} of {id} because it {reason}.");
        }
    }

    private protected override object? Target => Id ?? Domain;

    private protected sealed override void ProcessInput()
    {
        if (!AreParametersValid())
        {
            return;
        }

        var session = OpenRack();
        var selected = new List<SelectedCertificate>();
        foreach (var query in CreateQueries(Id, Domain))
        {
            ProcessCertificates(session, query, Scope, selected.Add);
        }

        // A certificate that several texts select is processed once.
        foreach (var certificate in selected.DistinctBy(certificate => certificate.Id, StringComparer.Ordinal))
        {
            ProcessItem(certificate.Id, () => ProcessCertificate(session, certificate));
        }
    }

    // Parameters that are not valid are one error, however many input objects there are.
    private bool AreParametersValid()
    {
        if (!_isValidated)
        {
            _isValidated = true;
            ValidateParameters();
            _isValid = true;
        }

        return _isValid;
    }
}
