namespace ConvoxSsl.Progress;

/// <summary>The progress of one certificate.</summary>
internal sealed class CertificateBar
{
    /// <summary>The progress, 0 to 100, which never decreases; negative before the first step with a percentage.</summary>
    public int Percent { get; private set; } = -1;

    /// <summary>The first name of the certificate; null before the first step that reports it.</summary>
    public string? Name { get; set; }

    /// <summary>The slot of its progress bar; null if all are in use.</summary>
    public int? Slot { get; set; }

    /// <summary>The text of the last step.</summary>
    public string? Step { get; set; }

    /// <summary>True after the work on the certificate has ended.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Advances the bar. A smaller percentage, such as that of a retry, has no effect.</summary>
    public void Advance(int percent) => Percent = Math.Max(Percent, percent);
}
