using System.Net;
using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>An identifier of an order or authorization (RFC 8555 section 9.7.7, RFC 8738 section 3).</summary>
/// <param name="Type"><c>dns</c> or <c>ip</c>.</param>
/// <param name="Value">The name.</param>
public sealed record AcmeIdentifier(string Type, string Value)
{
    /// <summary><c>dns</c> or <c>ip</c>.</summary>
    [JsonPropertyName("type")]
    public string Type { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Type);

    /// <summary>The name.</summary>
    [JsonPropertyName("value")]
    public string Value { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Value);

    /// <summary>
    /// The identifier in the form that this client uses. A CA may write a name in upper case or with a final dot, or an address in
    /// another form.
    /// </summary>
    [JsonIgnore]
    public AcmeIdentifier Canonical => this with
    {
        Type = Type.ToLowerInvariant(),
        Value = Type.Equals("ip", StringComparison.OrdinalIgnoreCase) && IPAddress.TryParse(Value, out var address)
            ? address.ToString()
            : Value.TrimEnd('.').ToLowerInvariant(),
    };

    /// <summary>Creates the identifier of a certificate's name.</summary>
    public static AcmeIdentifier FromName(CertificateName name) => new(name.IsAddress ? "ip" : "dns", name.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
