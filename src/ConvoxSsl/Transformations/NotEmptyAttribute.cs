using System.Collections;
using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>Rejects null, an empty list and blank text, and shows the right form.</summary>
/// <param name="advice">The right form, as a sentence.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotEmptyAttribute(string advice) : ValidateArgumentsAttribute
{
    /// <summary>The advice for parameters that select certificates.</summary>
    public const string Certificate = "Give an ID such as cert-eb0dbb34, or a domain such as www.example.org.";

    /// <summary>The advice for parameters that select certificates by their names.</summary>
    public const string Domain = "Give a domain such as www.example.org, or *.example.org for several.";

    /// <summary>The advice for parameters that name an issuer.</summary>
    public const string Issuer = "Give an issuer such as letsencrypt, or the URL of an ACME directory.";

    /// <summary>The advice for parameters that select DNS solvers.</summary>
    public const string Solver = "Give the number of a DNS solver, such as 1.";

    /// <summary>The advice for parameters that select certificate targets.</summary>
    public const string Target = "Give the number of a certificate target, such as 1.";

    /// <summary>The right form, as a sentence.</summary>
    public string Advice { get; } = advice;

    /// <inheritdoc/>
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        if (IsEmpty(arguments))
        {
            throw new ValidationMetadataException($"The value is empty. {Advice}");
        }
    }

    private static bool IsEmpty(object? value) => value switch
    {
        null => true,
        PSObject { BaseObject: not PSCustomObject } wrapper => IsEmpty(wrapper.BaseObject),
        string text => string.IsNullOrWhiteSpace(text),
        IList { Count: 0 } => true,
        IList items => items.Cast<object?>().Any(IsEmpty),
        _ => false,
    };
}
