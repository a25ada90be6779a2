namespace ConvoxSsl.Progress;

/// <summary>How far the work on one certificate has come.</summary>
internal sealed class CertificateBar
{
    /// <summary>How far, 0 to 100, and never back; negative before the first step that tells.</summary>
    public int Percent { get; private set; } = -1;

    /// <summary>The certificate's first name, once a step has told it.</summary>
    public string? Name { get; set; }

    /// <summary>Which of the places for bars it has, or null.</summary>
    public int? Slot { get; set; }

    /// <summary>What the last step said.</summary>
    public string? Step { get; set; }

    /// <summary>Takes a step: a later one that counts less, such as that of a second try, does not turn the bar back.</summary>
    public void Advance(int percent) => Percent = Math.Max(Percent, percent);
}
