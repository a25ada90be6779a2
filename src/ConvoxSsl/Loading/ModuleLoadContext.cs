using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace ConvoxSsl.Loading;

/// <summary>
/// Loads the engine and its dependencies, isolated from the copies of other modules. Everything else (the BCL, PowerShell,
/// ConvoxSsl.dll) stays shared.
/// </summary>
internal sealed class ModuleLoadContext : AssemblyLoadContext
{
    private readonly string _library;
    private readonly string? _precompiled;

    // Read on first use, because an import alone does not need them.
    private readonly Lazy<Stamps> _stamps = new(Stamps.Read);

    /// <param name="library">The module's <c>lib</c> directory.</param>
    public ModuleLoadContext(string library)
        : base("ConvoxSsl", isCollectible: false)
    {
        _library = library;
        _precompiled = GetPrecompiledName() is { } name ? Path.Combine(library, name) : null;
    }

    /// <summary>
    /// Resolves only the engine's assemblies for the default context, so that other modules never get its dependencies.
    /// </summary>
    /// <returns>Null if the file is missing. To load by name would ask the default context again, without end.</returns>
    public Assembly? ResolveForDefault(AssemblyName name) =>
        name.Name is { } simpleName && _stamps.Value.Engine.Contains(simpleName) ? Load(name) : null;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is null || !_stamps.Value.Owned.Contains(assemblyName.Name))
        {
            return null;
        }

        var file = GetCandidates(assemblyName.Name).FirstOrDefault(File.Exists);
        return file is null ? null : LoadFromAssemblyPath(file);
    }

    // The files of an assembly, best match first.
    private IEnumerable<string> GetCandidates(string name)
    {
        var files = _stamps.Value.Owned[name].ToArray();
        var portable = GetRuntimeNames()
            .SelectMany(runtime => files.Where(file => file.StartsWith($"runtimes/{runtime}/", StringComparison.Ordinal)))
            .Concat(files.Where(file => !file.StartsWith("runtimes/", StringComparison.Ordinal)))
            .Select(file => Path.Combine(_library, file));
        return _precompiled is null ? portable : portable.Prepend(Path.Combine(_precompiled, $"{name}.dll"));
    }

    // The directory under lib/ with the assemblies compiled ahead of time for this platform and runtime. See precompile.targets.
    private static string? GetPrecompiledName()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsLinux() ? "linux" : null;
        return system is null
            ? null
            : Path.Combine(
                $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", $"net{Environment.Version.Major}.0");
    }

    // The directories under runtimes/ that match this machine, best match first.
    private static IEnumerable<string> GetRuntimeNames()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        yield return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        yield return system;
        if (!OperatingSystem.IsWindows())
        {
            yield return "unix";
        }
    }

    // The build writes both lists from the output of publish. See module.targets.
    private sealed record Stamps(HashSet<string> Engine, ILookup<string, string> Owned)
    {
        public static Stamps Read()
        {
            var stamped = typeof(ModuleLoadContext).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .ToLookup(data => data.Key, data => data.Value!);
            return new Stamps(
                stamped["ConvoxSsl.EngineAssembly"].ToHashSet(StringComparer.OrdinalIgnoreCase),
                stamped["ConvoxSsl.OwnedFile"].ToLookup(file => Path.GetFileNameWithoutExtension(file), StringComparer.OrdinalIgnoreCase));
        }
    }
}
