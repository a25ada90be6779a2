namespace ConvoxSsl.Commands;

/// <summary>The guides that <c>Get-Help -Online</c> opens.</summary>
internal static class HelpPages
{
    public const string Certificates = Guides + "getting-started.md";
    public const string DnsSolvers = Guides + "dns-solvers.md";
    public const string Endpoints = Guides + "endpoints.md";
    public const string Racks = Guides + "kubernetes-rack.md";
    public const string Renewal = Guides + "renewal.md";
    public const string Services = Guides + "convox-yml.md";
    public const string Targets = Guides + "targets.md";
    public const string Webhooks = Guides + "webhook.md";

    // The project URL in Directory.Build.props; a test compares them.
    private const string Guides = "https://github.com/ConvoxSsl/ConvoxSsl/blob/main/docs/";
}
