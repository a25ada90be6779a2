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
    private static int _hooked;

    /// <inheritdoc/>
    public void OnImport()
    {
        // Hook once per process and never unhook: -Force and other runspaces call this again, and cmdlets of an earlier import can
        // still be running.
        if (Interlocked.Exchange(ref _hooked, 1) == 0)
        {
            var moduleBase = Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!;
            var context = new ModuleLoadContext(Path.Combine(moduleBase, "lib"));
            AssemblyLoadContext.Default.Resolving += (_, name) => context.ResolveForDefault(name);
        }
    }
}
