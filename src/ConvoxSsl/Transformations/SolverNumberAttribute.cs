using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Transformations;

/// <summary>Rejects a DNS zone in place of the number of a new DNS solver, and shows the right form.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SolverNumberAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var input = SimpleValue.Unwrap(inputData);
        var text = (input is IList { Count: > 0 } items ? items[0] : input)?.ToString();
        return input is not (string or IList) || LanguagePrimitives.TryConvertTo<int>(input, CultureInfo.InvariantCulture, out _)
            ? inputData
            : throw new ArgumentTransformationMetadataException(DisplayText.OneLine(
                $"'{text}' is not the number of a DNS solver. For the next free number, use Add-ConvoxDnsSolver -DnsZone {text}."));
    }
}
