using System.Management.Automation;
using System.Runtime.Loader;

namespace ConvoxSsl.Loading;

/// <summary>Leads the default load context to the module's private one. PowerShell calls it at each import.</summary>
/// <remarks>
/// PowerShell reads the exported types before it calls this, so no public type of this assembly may derive from or
/// implement a type of the engine.
/// </remarks>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private static int _hooked;

    /// <inheritdoc/>
    public void OnImport()
    {
        // Once a process and for ever: -Force and every further runspace come here again, and cmdlets of an earlier
        // import may still be running.
        if (Interlocked.Exchange(ref _hooked, 1) == 0)
        {
            var moduleBase = Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!;
            var context = new ModuleLoadContext(Path.Combine(moduleBase, "lib"));
            AssemblyLoadContext.Default.Resolving += (_, name) => context.ResolveForDefault(name);
        }
    }
}
