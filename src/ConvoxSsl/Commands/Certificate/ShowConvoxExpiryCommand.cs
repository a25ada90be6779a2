using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Errors;
using ConvoxSsl.Formatting;
using ConvoxSsl.Mapping;
using ConvoxSsl.Selection;
using ConvoxSsl.Timeline;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Draws when certificates expire and when their renewal windows start, in the terminal or on an HTML page.</summary>
/// <remarks>
/// Each certificate has a row: certificates without a live version first, then by expiry. The bar shows the validity period, a mark
/// shows the start of the renewal window, and a line through all rows shows the current time. All times are UTC. Unusable
/// certificates end in a cross and are also labeled in words. A bar beyond the axis ends in an arrow; without <c>-Within</c>, the
/// axis ends after at most 400 days.
/// The lines are text and can be piped or redirected. Colors come from <c>$PSStyle</c> and follow PowerShell's own tables: none with
/// <c>NO_COLOR</c>, with the output rendering PlainText, or in a file. The page is a single file without scripts, for light and dark
/// screens, with the same information in a table. As with Export-Csv, an existing file is replaced.
/// </remarks>
/// <returns>The lines of the drawing; with -Html the file of the page.</returns>
/// <example>
/// <para>Draws all certificates of the connected rack.</para>
/// <code>Show-ConvoxExpiry</code>
/// </example>
/// <example>
/// <para>Draws the certificates that expire within 30 days.</para>
/// <code>Get-ConvoxCertificate -Generated | Show-ConvoxExpiry -Within 30d</code>
/// </example>
/// <example>
/// <para>Writes a page for people who do not use PowerShell.</para>
/// <code>Get-ConvoxCertificate | Show-ConvoxExpiry -Html expiry.html</code>
/// </example>
/// <example>
/// <para>Appends an ASCII drawing to a log.</para>
/// <code>Show-ConvoxExpiry -Ascii -Width 100 | Add-Content expiry.log</code>
/// </example>
[Cmdlet(VerbsCommon.Show, "ConvoxExpiry", DefaultParameterSetName = TerminalSet, SupportsShouldProcess = true, HelpUri = HelpPages.Renewal)]
[OutputType(typeof(string), ParameterSetName = [TerminalSet])]
[OutputType(typeof(ConvoxFile), ParameterSetName = [PageSet])]
public sealed partial class ShowConvoxExpiryCommand : ConvoxCmdlet
{
    private const string TerminalSet = "Terminal";
    private const string PageSet = "Page";
    private const int DefaultTerminalRows = 50;
    private const int DefaultPageRows = 1000;
    private readonly List<ConvoxCertificate> _certificates = [];
    private bool _isSelection;

    private protected override object? Target => Html;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RequireNoInput(Certificate);
        if (Html is not null && (Width is not null || Ascii))
        {
            Reject("An HTML page has neither a line length nor an ASCII form.", new Remedy("InvalidParameters.Page"));
        }

        if (Within <= TimeSpan.Zero)
        {
            var invalid = new InvalidInputException(
                ErrorCode.InvalidTimeSpan,
                $"The time axis of '{DurationText.Format(Within.Value)}' is not valid because it is not positive.",
                Within);
            ThrowTerminatingError(ErrorRecords.Create(invalid, null, GetType()));
        }
    }

    private protected override void ProcessInput()
    {
        if (Certificate is null && Domain is null)
        {
            var session = OpenRack();
            Run(ct => session.ListWithAppsAsync(AddAsync, WriteWarning, ct));
            return;
        }

        _isSelection = true;
        foreach (var input in Certificate ?? [])
        {
            ProcessItem(input.BaseObject, () => Add(input));
        }

        foreach (var query in CreateQueries(null, Domain))
        {
            Add(query);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        ProcessItem(Target, Draw);
    }

    private Task AddAsync(ConvoxCertificate certificate)
    {
        _certificates.Add(certificate);
        return Task.CompletedTask;
    }

    private void Add(PSObject input)
    {
        if (CertificateInput.Read(input) is { } certificate)
        {
            _certificates.Add(certificate);
        }
        else
        {
            Add(new CertificateQuery(CertificateInput.GetId(input)));
        }
    }

    private void Add(CertificateQuery query)
    {
        var session = OpenRack();
        ProcessCertificates(
            session, query, SelectionScope.Several, selected => _certificates.Add(session.Describe(selected.RequireReadable())));
    }

    private void Draw()
    {
        var timeline = _certificates.ToTimeline(Now, Within, First ?? (Html is null ? DefaultTerminalRows : DefaultPageRows));
        if (Html is null)
        {
            // If none of the given certificates was found, an error or a warning has said so.
            if (_isSelection && _certificates.Count == 0)
            {
                return;
            }

            WriteObject(TerminalTimeline.Draw(timeline, Host, GetVariableValue("PSStyle"), Width, Ascii), enumerateCollection: true);
            return;
        }

        var path = GetUnresolvedProviderPathFromPSPath(Html);
        OutputFile.Check(path);
        if (ConfirmAction(path, FormattableString.Invariant($"Write a page of {timeline.Entries.Count} certificates")))
        {
            Run(ct => OutputFile.WriteAsync(path, TimelinePage.Draw(timeline, "Certificate expiry"), ct));
            WriteObject(ConvoxFile.FromPath(path));
        }
    }
}
