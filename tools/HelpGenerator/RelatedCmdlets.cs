namespace ConvoxSsl.HelpGenerator;

/// <summary>The cmdlets of other nouns that the help of a noun's cmdlets refers to.</summary>
internal static class RelatedCmdlets
{
    /// <summary>The related cmdlets of each noun.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> OfNoun = new Dictionary<string, IReadOnlyList<string>>
    {
        ["ConvoxAcmeAccount"] = ["New-ConvoxCertificate", "Test-ConvoxDomain"],
        ["ConvoxCertificate"] = ["Test-ConvoxDomain", "Add-ConvoxDnsSolver", "Register-ConvoxRenewal", "Show-ConvoxExpiry"],
        ["ConvoxCertificateTarget"] = ["Publish-ConvoxCertificate", "Update-ConvoxCertificate", "Register-ConvoxRenewal"],
        ["ConvoxDnsRole"] = ["New-ConvoxDnsRolePolicy", "Add-ConvoxDnsSolver"],
        ["ConvoxDnsRolePolicy"] = ["Get-ConvoxDnsRole", "Add-ConvoxDnsSolver"],
        ["ConvoxDnsSolver"] = ["New-ConvoxCertificate", "Test-ConvoxDomain", "Get-ConvoxDnsRole"],
        ["ConvoxDomain"] = ["New-ConvoxCertificate", "Test-ConvoxDnsSolver", "Get-ConvoxAcmeAccount"],
        ["ConvoxEndpoint"] = ["Get-ConvoxCertificate", "Export-ConvoxCertificate", "Test-ConvoxDomain"],
        ["ConvoxExpiry"] = ["Get-ConvoxCertificate", "Update-ConvoxCertificate", "Get-ConvoxRenewal"],
        ["ConvoxRack"] = ["Get-ConvoxCertificate", "Publish-ConvoxCertificate"],
        ["ConvoxRenewal"] = ["Update-ConvoxCertificate", "Set-ConvoxWebhook", "Show-ConvoxExpiry"],
        ["ConvoxServiceCertificate"] = ["Get-ConvoxCertificate", "New-ConvoxCertificate", "Publish-ConvoxCertificate"],
        ["ConvoxWebhook"] = ["Update-ConvoxCertificate", "Register-ConvoxRenewal"],
    };
}
