using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>The base of cmdlets with the settings of a certificate target.</summary>
public abstract partial class TargetSettingsCmdlet : ConvoxCmdlet
{
    /// <summary>
    /// A name of the certificate. The target gets a certificate with this name even if it is issued later. With wildcards (<c>*</c> and
    /// <c>?</c>), it gets all certificates with a matching name, each in a file or directory of its own in <c>-Path</c>.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Domain)]
    public string? Domain { get; set; }

    /// <summary>The single file for the certificate. It has the chain too, unless <c>-ChainPath</c> is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    /// <summary>The single file for the private key. Requires <c>-CertificatePath</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The single file for the issuers of the certificate. Requires <c>-CertificatePath</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ChainPath { get; set; }

    /// <summary>The format. By default the one that the path ends in, otherwise Pem.</summary>
    [Parameter]
    [KnownValues(typeof(CertificateFormat))]
    public CertificateFormat? Format { get; set; }

    /// <summary>
    /// The owner of the files: the name or number of a user. By default, a replaced file keeps its owner; empty text restores this
    /// default. Needs root.
    /// </summary>
    [Parameter]
    [AllowEmptyString]
    public string? Owner { get; set; }

    /// <summary>The group of the files: its name or number. By default, a replaced file keeps its group.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Group { get; set; }

    /// <summary>
    /// The mode of the files in octal digits, such as 0640. A mode that lets every user read the private key needs <c>-Force</c>. By
    /// default, a replaced file keeps its mode, and a new file has 0600 if it contains the private key, otherwise 0644.
    /// </summary>
    [Parameter]
    [AllowEmptyString]
    public string? Mode { get; set; }

    /// <summary>
    /// A script that delivers the certificate instead, with the parameters <c>$Certificate</c> and <c>$Path</c>, the directory of its PEM
    /// files; parameters with other names receive them in this order. It runs in a new session and cannot use variables and functions
    /// of this one. Do not include secrets.
    /// </summary>
    [Parameter]
    public ScriptBlock? Script { get; set; }

    /// <summary>
    /// The service that is reloaded after a change of the files, or restarted if it cannot reload, such as <c>nginx</c>. Requires
    /// systemd. Empty text removes it.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(SystemdServiceCompleter))]
    [AllowEmptyString]
    public string? Service { get; set; }

    /// <summary>Restarts the service, for servers whose reload keeps the old certificate.</summary>
    [Parameter]
    public SwitchParameter Restart { get; set; }

    /// <summary>
    /// The program that reloads the server, and its arguments: <c>-Command postfix, reload</c>. It runs without a shell. An empty list
    /// removes it.
    /// </summary>
    [Parameter]
    [AllowEmptyCollection]
    public string[]? Command { get; set; }

    /// <summary>
    /// The server that has to present the certificate afterwards, as <c>host</c> or <c>host:port</c>. The delivery fails if it does not.
    /// Empty text removes it.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [AllowEmptyString]
    public string? Endpoint { get; set; }

    /// <summary>
    /// The name that is sent to the endpoint (SNI). By default the first name of the certificate; the endpoint itself if that is a wildcard.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ServerName { get; set; }

    /// <summary>The protocol in which TLS begins with a command at the endpoint. By default TLS begins at once.</summary>
    [Parameter]
    [KnownValues(typeof(StartTlsProtocol))]
    public StartTlsProtocol? StartTls { get; set; }

    /// <summary>
    /// The maximum time of each step. Default: 1 minute for the reload, 5 minutes for a script, and 30 seconds until the endpoint presents
    /// the certificate.
    /// </summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Accepts a <c>-Mode</c> that lets every user read the private key, and an endpoint that does not respond yet.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Stores the settings only. The next run of Update- or Publish-ConvoxCertificate delivers.</summary>
    [Parameter]
    public SwitchParameter NoDelivery { get; set; }

    /// <summary>Resolves a path of the user.</summary>
    internal string ResolvePath(string path) => GetUnresolvedProviderPathFromPSPath(path);

    /// <summary>True if a parameter was given.</summary>
    internal bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
