namespace ConvoxSsl.Route53.Access;

/// <summary>What a call does, in IAM's terms.</summary>
/// <param name="Name">Such as <c>route53:GetChange</c>.</param>
/// <param name="Resource">The ARN, or <c>*</c>.</param>
internal sealed record AwsAction(string Name, string Resource)
{
    /// <summary>The statement that an identity's policy needs.</summary>
    public string PolicyStatement => $$"""{"Effect":"Allow","Action":"{{Name}}","Resource":"{{Resource}}"}""";

    /// <summary>
    /// The statement that a role's trust policy needs for a caller. It shows a placeholder for the external id, which is
    /// not to be shown.
    /// </summary>
    public static string TrustStatement(string? caller, bool externalId)
    {
        var condition = externalId ? ",\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"<external id of the solver>\"}}" : string.Empty;
        return $$"""{"Effect":"Allow","Principal":{"AWS":"{{caller ?? "<ARN of the caller>"}}"},"Action":"sts:AssumeRole"{{condition}}}""";
    }
}
