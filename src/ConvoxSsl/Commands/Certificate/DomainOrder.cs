namespace ConvoxSsl.Commands;

/// <summary>
/// Sorts certificates by domain. More than can be read in a table are written in the order in which they come, so that a large rack
/// delays no output and adds no memory.
/// </summary>
/// <param name="write">Writes a certificate.</param>
internal sealed class DomainOrder(Func<ConvoxCertificate, Task> write)
{
    /// <summary>The maximum number of certificates to sort.</summary>
    public const int MaxSorted = 500;

    private readonly List<ConvoxCertificate> _certificates = [];
    private bool _isUnsorted;

    /// <summary>Adds a certificate.</summary>
    public async Task AddAsync(ConvoxCertificate certificate)
    {
        if (_isUnsorted)
        {
            await write(certificate);
            return;
        }

        _certificates.Add(certificate);
        if (_certificates.Count > MaxSorted)
        {
            _isUnsorted = true;
            await WriteAsync(_certificates);
        }
    }

    /// <summary>Writes the certificates that are left.</summary>
    public Task CompleteAsync() => WriteAsync(
        _certificates.OrderBy(certificate => certificate.Domain, StringComparer.OrdinalIgnoreCase)
            .ThenBy(certificate => certificate.Id, StringComparer.Ordinal));

    private async Task WriteAsync(IEnumerable<ConvoxCertificate> certificates)
    {
        foreach (var certificate in certificates)
        {
            await write(certificate);
        }

        _certificates.Clear();
    }
}
