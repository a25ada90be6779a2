using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>Serializes the ACME resources. Source-generated, so that a new process starts fast.</summary>
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
[JsonSerializable(typeof(AcmeIdentifier))]
[JsonSerializable(typeof(AcmeDirectoryMetadata))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
internal sealed partial class AcmeJson : JsonSerializerContext;
