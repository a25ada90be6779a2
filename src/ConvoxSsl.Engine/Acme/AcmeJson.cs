using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>Readers and writers of the ACME resources, made at compile time so that a fresh process starts fast.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AcmeDirectory))]
[JsonSerializable(typeof(AcmeAccount))]
[JsonSerializable(typeof(AccountPayload))]
[JsonSerializable(typeof(AcmeOrder))]
[JsonSerializable(typeof(OrderList))]
[JsonSerializable(typeof(NewOrder))]
[JsonSerializable(typeof(FinalizeRequest))]
[JsonSerializable(typeof(AcmeAuthorization))]
[JsonSerializable(typeof(AcmeChallenge))]
[JsonSerializable(typeof(StatusRequest))]
[JsonSerializable(typeof(RevocationRequest))]
[JsonSerializable(typeof(AcmeRenewalInfo))]
[JsonSerializable(typeof(AcmeProblem))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
internal sealed partial class AcmeJson : JsonSerializerContext
{
    /// <summary>JSON may hold null where the types allow none.</summary>
    /// <exception cref="JsonException">One of the values, or an element of one, is null.</exception>
    public static void Require(params object?[] values)
    {
        if (values.Any(v => v is null || (v is IEnumerable<object?> list && list.Contains(null))))
        {
            throw new JsonException("a value that must be there is null");
        }
    }
}
