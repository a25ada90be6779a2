namespace ConvoxSsl.Route53.Access;

/// <summary>An IAM action on a resource.</summary>
/// <param name="Name">The action, such as <c>route53:GetChange</c>.</param>
/// <param name="Resource">The ARN, or <c>*</c>.</param>
internal sealed record AwsAction(string Name, string Resource)
{
    /// <summary>The statement that allows the action in an identity's policy.</summary>
    public string PolicyStatement => $$"""{"Effect":"Allow","Action":"{{Name}}","Resource":"{{Resource}}"}""";

    /// <summary>
    /// Creates the statement that a role's trust policy needs for a caller. It has a placeholder for the external id, which is
    /// not shown.
    /// </summary>
    public static string CreateTrustStatement(string? caller, bool hasExternalId)
    {
        var condition = hasExternalId
            ? ",\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"<external id of the solver>\"}}"
            : string.Empty;
        return $$"""{"Effect":"Allow","Principal":{"AWS":"{{caller ?? "<ARN of the caller>"}}"},"Action":"sts:AssumeRole"{{condition}}}""";
    }
}
