using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Text;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>The text of an object and of its public properties, as in Format-List -Force and ConvertTo-Json.</summary>
internal sealed class PublicText
{
    private const int Deepest = 5;

    private readonly StringBuilder _text = new();
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    private PublicText()
    {
    }

    public static string Of(object? value)
    {
        var text = new PublicText();
        text.Append(string.Empty, value, 0);
        return text._text.ToString();
    }

    private void Append(string path, object? value, int depth)
    {
        value = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (value is null || depth > Deepest || (!value.GetType().IsValueType && value is not string && !_seen.Add(value)))
        {
            return;
        }

        _text.Append(CultureInfo.InvariantCulture, $"{path}={(value is byte[] bytes ? Convert.ToBase64String(bytes) : value)}\n");
        switch (value)
        {
            case string or byte[]:
                break;
            case IDictionary map:
                foreach (DictionaryEntry entry in map)
                {
                    Append($"{path}[{entry.Key}]", entry.Value, depth + 1);
                }

                break;
            case IEnumerable items:
                foreach (var item in items)
                {
                    Append(path + "[]", item, depth + 1);
                }

                break;
            default:
                AppendProperties(path, value, depth);
                break;
        }
    }

    private void AppendProperties(string path, object value, int depth)
    {
        if (!IsOfInterest(value))
        {
            return;
        }

        foreach (var property in value.GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0 && !IsExempt(p)))
        {
            Append($"{path}.{property.Name}", Read(property, value), depth + 1);
        }
    }

    private static bool IsOfInterest(object value) =>
        value is Exception or ErrorRecord or ErrorDetails or ErrorCategoryInfo or InvocationInfo or InformationRecord or ProgressRecord
        || value.GetType().FullName!.StartsWith("ConvoxSsl.", StringComparison.Ordinal);

    // PowerShell keeps the arguments of the caller.
    private static bool IsExempt(PropertyInfo property) => (property.DeclaringType!, property.Name) switch
    {
        (var type, nameof(InvocationInfo.BoundParameters) or nameof(InvocationInfo.UnboundArguments)) when type == typeof(InvocationInfo)
            => true,
        _ => false,
    };

    private static object? Read(PropertyInfo property, object owner)
    {
        try
        {
            return property.GetValue(owner);
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException!.Message;
        }
    }
}
