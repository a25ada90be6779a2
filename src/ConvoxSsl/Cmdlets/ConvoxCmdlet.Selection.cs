using ConvoxSsl.Engine;
using ConvoxSsl.Errors;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Cmdlets;

/// <content>The selection of certificates, DNS solvers and certificate targets.</content>
public abstract partial class ConvoxCmdlet
{
    /// <summary>Creates the queries of the parameters <c>-Id</c> and <c>-Domain</c>.</summary>
    private protected static IEnumerable<CertificateQuery> CreateQueries(string[]? ids, string[]? domains) =>
    [
        .. (ids ?? []).Select(id => new CertificateQuery(id)),
        .. (domains ?? []).Select(domain => new CertificateQuery(domain, isDomain: true)),
    ];

    /// <summary>Ends the command if certificates are selected both by <c>-Id</c> and by <c>-Domain</c>.</summary>
    private protected void RequireIdOrDomain(object? id, object? domain)
    {
        if (id is not null && domain is not null)
        {
            Reject("Certificates are selected both by their IDs and by their domains.", new Remedy("InvalidParameters.IdAndDomain"));
        }
    }

    /// <summary>The remedy if a parameter selects certificates, and others come from the pipeline.</summary>
    private protected virtual Remedy PipelineRemedy => new Remedy("InvalidParameters.Pipeline");

    /// <summary>
    /// Ends the command before the first input object if a parameter selects certificates too, because PowerShell would reject each
    /// object with an error of its own.
    /// </summary>
    /// <param name="selected">The values of the parameter; null if it was not given.</param>
    private protected void RequireNoInput(IReadOnlyList<object>? selected)
    {
        if (selected is not null && MyInvocation.ExpectingInput)
        {
            Reject($"Certificates come from the pipeline, but '{string.Join(", ", selected)}' selects certificates too.", PipelineRemedy);
        }
    }

    /// <summary>Ends the command because its parameters contradict each other.</summary>
    private protected void Reject(string reason, Remedy remedy) => ThrowTerminatingError(ErrorRecords.Create(
        new InvalidInputException(ErrorCode.InvalidParameters, reason) { Remedy = remedy }, Target, GetType()));

    /// <summary>Processes each certificate that a query selects.</summary>
    /// <param name="session">The rack.</param>
    /// <param name="query">The query.</param>
    /// <param name="scope">The certificates to find.</param>
    /// <param name="process">Processes one certificate on the pipeline thread. Its error does not affect other certificates.</param>
    /// <param name="warnIfNone">True to warn if no certificate matches a pattern.</param>
    private protected void ProcessCertificates(
        RackSession session,
        CertificateQuery query,
        SelectionScope scope,
        Action<SelectedCertificate> process,
        bool warnIfNone = true) =>
        ProcessItem(query.Text, () =>
        {
            var selected = Run(ct => session.Selector.SelectAsync(query, scope, ct));
            if (selected.Count == 0 && warnIfNone)
            {
                WriteWarning($"No certificate of rack '{session.Name}' matches '{query.Text}'.");
            }

            foreach (var certificate in selected)
            {
                ProcessItem(certificate.Id, () => process(certificate));
            }
        });

    /// <summary>Processes each DNS solver that one of the texts selects. Warns if none matches a pattern.</summary>
    /// <param name="session">The rack.</param>
    /// <param name="texts">The user's texts: numbers or wildcard patterns.</param>
    /// <param name="process">Processes one number on the pipeline thread. Its error does not affect other solvers.</param>
    private protected void ProcessSolvers(RackSession session, IEnumerable<string> texts, Action<int> process) => ProcessNumbers(
        session,
        texts,
        (text, ct) => DnsSolverSelector.SelectAsync(session.Rack.DnsSolvers, text, ct),
        "DNS solver",
        process);

    /// <summary>Processes each certificate target that one of the texts selects. Warns if none matches a pattern.</summary>
    /// <param name="session">The rack.</param>
    /// <param name="texts">The user's texts: numbers or wildcard patterns.</param>
    /// <param name="process">Processes one number on the pipeline thread. Its error does not affect other targets.</param>
    private protected void ProcessTargets(RackSession session, IEnumerable<string> texts, Action<int> process) => ProcessNumbers(
        session,
        texts,
        (text, ct) => TargetSelector.SelectAsync(session.Rack.Targets, text, ct),
        "certificate target",
        process);

    private void ProcessNumbers(
        RackSession session,
        IEnumerable<string> texts,
        Func<string, CancellationToken, Task<IReadOnlyList<int>>> selectAsync,
        string kind,
        Action<int> process)
    {
        foreach (var text in texts)
        {
            ProcessItem(text, () =>
            {
                var numbers = Run(ct => selectAsync(text, ct));
                if (numbers.Count == 0)
                {
                    WriteWarning(text == "*"
                        ? $"Rack '{session.Name}' has no {kind}s."
                        : $"No {kind} of rack '{session.Name}' matches '{text}'.");
                }

                foreach (var number in numbers)
                {
                    ProcessItem(number, () => process(number));
                }
            });
        }
    }
}
