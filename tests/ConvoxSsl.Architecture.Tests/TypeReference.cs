namespace ConvoxSsl.Architecture.Tests;

/// <summary>A top-level type of the module.</summary>
/// <param name="Assembly">The name of its assembly.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name without the number of type parameters.</param>
internal sealed record TypeReference(string Assembly, string Namespace, string Name);
