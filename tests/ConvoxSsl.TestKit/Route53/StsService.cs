using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ConvoxSsl.TestKit.Route53;

/// <summary>GetCallerIdentity and AssumeRole.</summary>
internal sealed partial class StsService(Route53TestServerOptions options, Action<AwsIdentity> add, Func<string, AwsRole?> findRole)
{
    public static readonly XNamespace Xml = "https://sts.amazonaws.com/doc/2011-06-15/";

    /// <summary>Reads the form fields of a request.</summary>
    public static IReadOnlyDictionary<string, string> Form(AwsRequest request) => Encoding.UTF8.GetString(request.Body)
        .Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => Decode(pair[0]), pair => Decode(pair[1]));

    public AwsResponse Handle(string action, AwsRequest request, AwsIdentity caller)
    {
        var form = Form(request);
        return form.GetValueOrDefault("Version") != "2011-06-15"
            ? throw new AwsErrorException(400, "InvalidAction", "Could not find operation for that version.")
            : action switch
            {
                "sts:GetCallerIdentity" =>
                    CreateResponse(
                        "GetCallerIdentity",
                        new XElement(Xml + "Arn", caller.Arn),
                        new XElement(Xml + "UserId", "AIDATEST"),
                        new XElement(Xml + "Account", AwsIdentity.Account)),
                "sts:AssumeRole" => AssumeRole(form, caller),
                _ => throw new AwsErrorException(400, "InvalidAction", $"Could not find operation {action}."),
            };
    }

    private AwsResponse AssumeRole(IReadOnlyDictionary<string, string> form, AwsIdentity caller)
    {
        var arn = form.GetValueOrDefault("RoleArn") ?? string.Empty;
        var session = form.GetValueOrDefault("RoleSessionName") ?? string.Empty;
        if (!SessionName().IsMatch(session))
        {
            throw new AwsErrorException(
                400, "ValidationError", "1 validation error detected: Value at 'roleSessionName' failed to satisfy constraint.");
        }

        // AWS does not reveal which of these conditions failed.
        var role = findRole(arn);
        if (role is null || !caller.Actions.Contains("sts:AssumeRole") || !role.Trusts.Contains(caller.Principal)
            || (role.ExternalId is not null && role.ExternalId != form.GetValueOrDefault("ExternalId")))
        {
            throw new AwsErrorException(
                403, "AccessDenied", $"User: {caller.Arn} is not authorized to perform: sts:AssumeRole on resource: {arn}");
        }

        var parts = role.Arn.Split(':');
        var identity = new AwsIdentity
        {
            Arn = $"arn:{parts[1]}:sts::{parts[4]}:assumed-role/{role.Arn[(role.Arn.LastIndexOf('/') + 1)..]}/{session}",
            AccessKeyId = "ASIA" + Convert.ToHexString(RandomNumberGenerator.GetBytes(8)),
            SecretAccessKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)),
            SessionToken = Convert.ToBase64String(RandomNumberGenerator.GetBytes(120)),
            Expires = options.Time.GetUtcNow()
                .AddSeconds(int.Parse(form.GetValueOrDefault("DurationSeconds", "3600"), CultureInfo.InvariantCulture)),
            Actions = role.Actions,
        };
        add(identity);
        return CreateResponse(
            "AssumeRole",
            new XElement(
                Xml + "AssumedRoleUser",
                new XElement(Xml + "AssumedRoleId", "AROATEST:" + session),
                new XElement(Xml + "Arn", identity.Arn)),
            new XElement(
                Xml + "Credentials",
                new XElement(Xml + "AccessKeyId", identity.AccessKeyId),
                new XElement(Xml + "SecretAccessKey", identity.SecretAccessKey),
                new XElement(Xml + "SessionToken", identity.SessionToken),
                new XElement(Xml + "Expiration", identity.Expires.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))));
    }

    private static AwsResponse CreateResponse(string action, params XElement[] content) => new(200, new XDocument(new XElement(
        Xml + (action + "Response"),
        new XElement(Xml + (action + "Result"), content.Cast<object>().ToArray()),
        new XElement(Xml + "ResponseMetadata", new XElement(Xml + "RequestId", Guid.NewGuid())))));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    [GeneratedRegex(@"^[\w+=,.@-]{2,64}$")]
    private static partial Regex SessionName();
}
