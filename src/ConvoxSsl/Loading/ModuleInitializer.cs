using System.Management.Automation;
using System.Runtime.Loader;

namespace ConvoxSsl.Loading;

/// <summary>Hooks the module's private load context into the default one. PowerShell calls this at each import.</summary>
/// <remarks>
/// PowerShell reads the exported types before it calls this. Therefore no public type of this assembly may derive from a type of the
/// engine or implement it, and no type may be forwarded to the engine.
/// </remarks>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    // Attach once per process and never detach: -Force and other runspaces call OnImport again, and cmdlets of an earlier import can
    // still be running. A concurrent import waits here until the resolver is attached, because its caller may use a cmdlet at once.
    private static readonly Lazy<ModuleLoadContext> s_context = new(AttachContext, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <inheritdoc/>
    public void OnImport() => _ = s_context.Value;

    private static ModuleLoadContext AttachContext()
    {
        var moduleBase = Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!;
        var context = new ModuleLoadContext(Path.Combine(moduleBase, "lib"));
        AssemblyLoadContext.Default.Resolving += (_, name) => context.ResolveForDefault(name);
        return context;
    }
}
