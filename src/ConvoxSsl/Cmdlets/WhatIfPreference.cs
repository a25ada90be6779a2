using System.Management.Automation;

namespace ConvoxSsl.Cmdlets;

/// <summary>Reads the user's preference for previews.</summary>
internal static class WhatIfPreference
{
    /// <summary>True if <c>-WhatIf</c> or <c>$WhatIfPreference</c> is set. ShouldProcess itself would write a message.</summary>
    public static bool IsSet(PSCmdlet cmdlet) => cmdlet.MyInvocation.BoundParameters.TryGetValue("WhatIf", out var value)
        ? value is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(cmdlet.GetVariableValue("WhatIfPreference"));
}
