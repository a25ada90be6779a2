namespace ConvoxSsl.TestKit;

/// <summary>A fault of a test server.</summary>
/// <typeparam name="TRequest">The server's requests.</typeparam>
public interface IFault<in TRequest>
{
    /// <summary>The number of matching requests before the fault occurs.</summary>
    int Skipped { get; }

    /// <summary>The maximum number of occurrences; <see cref="int.MaxValue"/> for a permanent fault.</summary>
    int MaxOccurrences { get; }

    /// <summary>Returns true for a request that the fault applies to.</summary>
    bool Matches(TRequest request);
}
