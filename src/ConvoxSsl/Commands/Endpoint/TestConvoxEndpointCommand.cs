using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.Errors;
using ConvoxSsl.Mapping;

namespace ConvoxSsl.Commands;

/// <summary>
/// Shows which certificate a TLS server presents, and tests it as clients do: its names, its validity, its chain and its root. Finds the
/// certificate and its version on the rack. Works with any server.
/// </summary>
/// <remarks>
/// The result for each server is one object. A server that cannot be reached, or whose certificate clients do not accept, is not an
/// error: its Status is Failed, Reason says why, and Remedy what to do. Status is Warning if the certificate expires soon, if the rack has
/// a newer version, or if it is another one than that from the pipeline; and for a self-signed certificate, or one of a private CA, that is
/// on the rack.
/// The servers are tested at the same time, and each result is written when it is known. The cmdlet completes a handshake and closes the
/// connection. It accepts every certificate, so that it can show it, and sends no data. Intermediate certificates that the server does
/// not send are not downloaded, and revocation lists are not read.
/// </remarks>
/// <example>
/// <para>Shows the certificate of a web server.</para>
/// <code>Test-ConvoxEndpoint www.example.org</code>
/// </example>
/// <example>
/// <para>Tests a mail server, which begins TLS with a command.</para>
/// <code>Test-ConvoxEndpoint mail.example.org:587 -StartTls Smtp</code>
/// </example>
/// <example>
/// <para>Tests a server before its name leads to it.</para>
/// <code>Test-ConvoxEndpoint 192.0.2.10 -ServerName www.example.org -Timeout 2s</code>
/// </example>
/// <example>
/// <para>Shows the servers that do not present the current version of the rack's certificates.</para>
/// <code>Get-ConvoxCertificate | Test-ConvoxEndpoint | Where-Object Current -ne $true</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "ConvoxEndpoint", HelpUri = HelpPages.Endpoints)]
[OutputType(typeof(ConvoxEndpoint))]
public sealed partial class TestConvoxEndpointCommand : ConvoxCmdlet
{
    private const int ProgressId = 0x55C;

    private readonly Dictionary<ConvoxRack, EndpointTest> _tests = [];
    private readonly List<QueuedEndpointTest> _queue = [];
    private IReadOnlyList<X509Certificate2>? _roots;
    private bool _showsProgress;
    private int _done;

    private protected override object? Target => Endpoint is [{ } only] ? GetTarget(only) : Endpoint;

    private protected override void ProcessInput()
    {
        var options = CreateOptions();
        var defaultPort = Port ?? EndpointAddress.GetDefaultPort(options.StartTls);
        EndpointAddress.RequirePort(defaultPort);
        _roots ??= RootCertificates.Parse(ReadRootFile(CaCertificate));
        var servers = new List<(EndpointAddress Address, string? ExpectedId)>();
        foreach (var item in Endpoint)
        {
            ProcessItem(GetTarget(item), () => servers.AddRange(Parse(item, defaultPort)));
        }

        if (servers.Count > 0)
        {
            var rack = FindRack();
            var test = GetTest(rack);
            _queue.AddRange(servers.Select(server => new QueuedEndpointTest(test, rack.Name, server.Address, options, server.ExpectedId)));
        }
    }

    private protected override async Task RunBatchesAsync(CancellationToken ct)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ThrottleLimit, CancellationToken = ct };
        await Parallel.ForEachAsync(_queue, options, async (item, token) => await RunAsync(item, token));
    }

    private static object GetTarget(PSObject item) => item.BaseObject is string text ? text : item;

    private EndpointOptions CreateOptions()
    {
        RequestRules.RequireTimeout(Timeout);
        return new EndpointOptions
        {
            ServerName = string.IsNullOrEmpty(ServerName) ? null : EndpointAddress.ParseHost(ServerName),
            StartTls = StartTls?.ToEngine(),
            Timeout = Timeout,
        };
    }

    private List<(EndpointAddress Address, string? ExpectedId)> Parse(PSObject item, int defaultPort)
    {
        var inputs = EndpointInput.ReadAll(item).ToList();
        foreach (var wildcard in inputs.Where(input => input.IsWildcard))
        {
            WriteWarning($"'{wildcard.Text}' is not tested because a wildcard is not the name of a server.");
        }

        return
        [
            .. inputs.Where(input => !input.IsWildcard)
                .Select(input => (EndpointAddress.Parse(input.Text, defaultPort), input.ExpectedId)),
        ];
    }

    // The test itself needs no rack.
    private EndpointTest GetTest(ConvoxRack rack)
    {
        if (!_tests.TryGetValue(rack, out var test))
        {
            _showsProgress = IsInteractive;
            var versions = RackVersions.None;
            try
            {
                var session = OpenRack();
                versions = Run(ct => RackVersions.ReadAsync(session.Rack.Certificates, ct));
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteWarning($"The certificates are not compared with those of rack '{rack.Name}': {ErrorRecords.DescribeFailure(e)}");
            }

            test = new EndpointTest(new EndpointProbe(TimeProvider.System), versions, _roots!, TimeProvider.System);
            _tests.Add(rack, test);
        }

        return test;
    }

    private async Task RunAsync(QueuedEndpointTest item, CancellationToken ct)
    {
        var result = await item.Test.RunAsync(item.Address, item.Options, item.ExpectedId, ct);
        var done = Interlocked.Increment(ref _done);
        if (_showsProgress && _queue.Count > 1)
        {
            WriteProgress(new ProgressRecord(ProgressId, MyInvocation.MyCommand.Name, $"{done} of {_queue.Count} servers are tested")
            {
                PercentComplete = 100 * done / _queue.Count,
            });
        }

        await WriteObjectAsync(result.ToModel(item.Rack, Now), ct);
    }
}
