using System.Collections;
using System.Management.Automation;
using System.Net;

namespace ConvoxSsl.Transformations;

/// <summary>Distinguishes values that can be meant as text from other objects, which PowerShell would convert to text too.</summary>
internal static class SimpleValue
{
    /// <summary>True for a number, a character, an address, and a list, whose items PowerShell converts one by one.</summary>
    public static bool IsText(object? value) => Unwrap(value) switch
    {
        string or IDictionary => false,
        char or byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal or IPAddress => true,
        IEnumerable => true,
        _ => false,
    };

    /// <summary>Describes an object by its type, as the beginning of a sentence.</summary>
    public static string DescribeType(object value) => Unwrap(value) switch
    {
        PSCustomObject or IDictionary => "The object",
        var other => $"An object of type {other?.GetType().Name}",
    };

    /// <summary>Returns the value itself, without the wrapper of PowerShell.</summary>
    public static object? Unwrap(object? value) => value is PSObject wrapper ? wrapper.BaseObject : value;
}
