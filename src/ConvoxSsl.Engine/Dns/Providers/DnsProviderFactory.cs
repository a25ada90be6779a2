using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>Makes a provider for a solver whose settings are of its kind; asks nobody yet.</summary>
/// <param name="solver">The settings.</param>
/// <param name="secret">The credential, where the provider needs one.</param>
/// <returns>Null where the solver is of another kind.</returns>
public delegate IDnsProvider? DnsProviderFactory(DnsSolver solver, DnsSecret? secret);
