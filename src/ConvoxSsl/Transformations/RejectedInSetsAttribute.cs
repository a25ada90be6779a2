namespace ConvoxSsl.Transformations;

/// <summary>
/// Names the parameter sets in which the parameter is an error of the cmdlet, whose message shows the right form. The help omits the
/// parameter there.
/// </summary>
/// <remarks>PowerShell's <c>DontShow</c> would also hide the parameter, and the common parameters, from completion.</remarks>
/// <param name="sets">The names of the parameter sets.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RejectedInSetsAttribute(params string[] sets) : Attribute
{
    /// <summary>The names of the parameter sets.</summary>
    public IReadOnlyList<string> Sets { get; } = sets;
}
