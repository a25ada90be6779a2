namespace ConvoxSsl.Architecture.Tests;

/// <summary>The layers of the module: the projects and folders that each project and folder may use.</summary>
internal static class Layers
{
    /// <summary>The name of a project's root folder in the tables.</summary>
    public const string Root = "(root)";

    /// <summary>The projects that a project may refer to.</summary>
    public static readonly Dictionary<string, string[]> Projects = new()
    {
        ["ConvoxSsl.Engine"] = [],
        ["ConvoxSsl.Kubernetes"] = ["ConvoxSsl.Engine"],
        ["ConvoxSsl.Manifests"] = ["ConvoxSsl.Engine"],
        ["ConvoxSsl.Route53"] = ["ConvoxSsl.Engine"],
        ["ConvoxSsl.Scheduling"] = ["ConvoxSsl.Engine"],
        ["ConvoxSsl.Timeline"] = ["ConvoxSsl.Engine"],
        ["ConvoxSsl"] =
        [
            "ConvoxSsl.Engine",
            "ConvoxSsl.Kubernetes",
            "ConvoxSsl.Manifests",
            "ConvoxSsl.Route53",
            "ConvoxSsl.Scheduling",
            "ConvoxSsl.Timeline",
        ],
    };

    /// <summary>The folders of the same project that a folder may use. A folder comes after all that it uses.</summary>
    public static readonly Dictionary<string, Dictionary<string, string[]>> Folders = new()
    {
        ["ConvoxSsl.Engine"] = new()
        {
            [Root] = [],
            ["Storage"] = [Root],
            ["Http"] = [Root],
            ["Certificates"] = [Root],
            ["Acme"] = [Root, "Certificates", "Http"],
            ["Dns/Caa"] = [Root],
            ["Dns/Resolution"] = [Root, "Dns/Caa"],
            ["Dns/Providers"] = [Root, "Certificates"],
            ["Dns/Providers/Scripts"] = [Root, "Dns/Providers"],
            ["Dns/Solvers"] = [Root, "Certificates", "Dns/Providers"],
            ["Dns/Providers/Cloudflare"] = [Root, "Dns/Providers", "Dns/Solvers", "Http"],
            ["Dns/Providers/Route53"] = [Root, "Dns/Providers", "Dns/Solvers"],
            ["Dns/Propagation"] = [Root, "Dns/Providers", "Dns/Resolution"],
            ["Challenges"] = [Root, "Acme", "Certificates", "Dns/Propagation", "Dns/Providers", "Storage"],
            ["Racks/Contracts"] = [Root, "Acme", "Certificates", "Dns/Providers", "Dns/Solvers"],
            ["Racks"] = [Root, "Racks/Contracts"],
            ["Racks/Local"] = [Root, "Acme", "Certificates", "Dns/Providers", "Dns/Solvers", "Racks/Contracts", "Storage"],
            ["Publishing/Files"] = [Root, "Certificates", "Racks/Contracts", "Storage"],
            ["Publishing/Endpoints"] = [Root, "Certificates", "Http", "Racks/Contracts"],
            ["Publishing/Reload"] = [Root, "Racks/Contracts", "Storage"],
            ["Publishing/Targets"] =
            [
                Root, "Certificates", "Publishing/Endpoints", "Publishing/Files", "Racks/Contracts", "Storage",
            ],
            ["Issuance/Requests"] = [Root, "Acme", "Certificates", "Racks/Contracts"],
            ["Issuance/RateLimits/Published"] = ["Issuance/Requests"],
            ["Issuance/Context"] =
            [
                Root, "Dns/Providers", "Dns/Resolution", "Dns/Solvers", "Issuance/RateLimits/Published", "Publishing/Reload",
                "Publishing/Targets", "Racks/Contracts",
            ],
            ["Issuance/Plans"] = ["Certificates", "Issuance/Requests", "Racks/Contracts"],
            ["Issuance/Versions"] =
            [
                Root, "Acme", "Certificates", "Issuance/Context", "Issuance/Requests", "Racks/Contracts",
            ],
            ["Issuance/Solvers"] =
            [
                Root, "Acme", "Certificates", "Challenges", "Dns/Propagation", "Dns/Providers", "Dns/Resolution", "Dns/Solvers",
                "Issuance/Context", "Issuance/Versions", "Racks/Contracts",
            ],
            ["Issuance/RateLimits"] =
            [
                Root, "Acme", "Certificates", "Issuance/Context", "Issuance/RateLimits/Published", "Racks/Contracts",
            ],
            ["Issuance/Webhooks"] = [Root, "Certificates", "Dns/Providers", "Http", "Issuance/Context", "Racks/Contracts"],
            ["Issuance/Targets"] =
            [
                Root, "Acme", "Certificates", "Dns/Providers", "Issuance/Context", "Issuance/Webhooks", "Publishing/Endpoints",
                "Publishing/Files", "Publishing/Reload", "Publishing/Targets", "Racks/Contracts", "Storage",
            ],
            ["Issuance/Acme"] =
            [
                Root, "Acme", "Certificates", "Challenges", "Dns/Providers", "Dns/Solvers", "Http", "Issuance/Context", "Issuance/Plans",
                "Issuance/RateLimits", "Issuance/Requests", "Issuance/Solvers", "Issuance/Versions", "Racks/Contracts",
            ],
            ["Issuance/Catalog"] =
            [
                Root, "Acme", "Certificates", "Issuance/Acme", "Issuance/Context", "Issuance/Requests", "Issuance/Versions", "Racks",
                "Racks/Contracts",
            ],
            ["Issuance/Renewal"] =
            [
                Root, "Acme", "Issuance/Acme", "Issuance/Catalog", "Issuance/Context", "Issuance/Versions", "Issuance/Webhooks",
                "Racks/Contracts",
            ],
            ["Issuance/Delegated"] =
            [
                Root, "Certificates", "Issuance/Acme", "Issuance/Context", "Issuance/Plans", "Issuance/Requests", "Issuance/Solvers",
                "Issuance/Versions", "Issuance/Webhooks", "Racks/Contracts",
            ],
            ["Issuance"] =
            [
                Root, "Acme", "Certificates", "Challenges", "Dns/Caa", "Dns/Providers", "Dns/Resolution", "Dns/Solvers", "Issuance/Acme",
                "Issuance/Catalog", "Issuance/Context", "Issuance/Delegated", "Issuance/Plans", "Issuance/RateLimits", "Issuance/Renewal",
                "Issuance/Requests", "Issuance/Solvers", "Issuance/Targets", "Issuance/Versions", "Issuance/Webhooks", "Racks/Contracts",
            ],
        },
        ["ConvoxSsl.Kubernetes"] = new()
        {
            ["Scope"] = [],
            ["Connection"] = ["Scope"],
            ["Api"] = ["Connection", "Scope"],
            ["Access"] = ["Api", "Connection", "Scope"],
            ["Locks"] = ["Api", "Scope"],
            ["Stores"] = ["Api", "Locks", "Scope"],
            ["Publishing"] = ["Api", "Scope", "Stores"],
            ["Renewals"] = ["Api", "Scope"],
            ["Solvers"] = ["Api", "Locks", "Scope", "Stores"],
            ["CertManager"] = ["Api", "Scope", "Stores"],
            [Root] =
            [
                "Access", "Api", "CertManager", "Connection", "Locks", "Publishing", "Renewals", "Scope", "Solvers", "Stores",
            ],
        },
        ["ConvoxSsl.Manifests"] = new() { [Root] = [] },
        ["ConvoxSsl.Route53"] = new()
        {
            ["Access"] = [],
            ["Api"] = ["Access"],
            ["Records"] = ["Api"],
            ["Zones"] = ["Access", "Api", "Records"],
            [Root] = ["Access", "Api", "Records", "Zones"],
        },
        ["ConvoxSsl.Scheduling"] = new() { [Root] = [] },
        ["ConvoxSsl.Timeline"] = new() { [Root] = [] },
        ["ConvoxSsl"] = new()
        {
            ["Loading"] = [],
            ["Models"] = [],
            ["Errors"] = [],
            ["Scripts"] = ["Models"],
            ["Racks"] = ["Models"],
            ["Transformations"] = ["Models", "Scripts"],
            ["Formatting"] = ["Models", "Transformations"],
            ["Mapping"] = ["Errors", "Formatting", "Models"],
            ["Progress"] = ["Errors"],
            [Root] = ["Errors", "Models", "Scripts"],
            ["Selection"] = [],
            ["Completion"] = [Root, "Mapping", "Models", "Racks", "Scripts", "Selection"],
            ["Cmdlets"] =
            [
                Root, "Completion", "Errors", "Mapping", "Models", "Progress", "Racks", "Scripts", "Selection", "Transformations",
            ],
            ["Commands"] = [],
            ["Commands/AcmeAccount"] = ["Cmdlets", "Commands", "Completion", "Errors", "Mapping", "Models", "Scripts", "Transformations"],
            ["Commands/Certificate"] =
            [
                "Cmdlets", "Commands", "Completion", "Errors", "Formatting", "Mapping", "Models", "Progress", "Scripts", "Selection",
                "Transformations",
            ],
            ["Commands/CertificateTarget"] =
            [
                "Cmdlets", "Commands", "Completion", "Mapping", "Models", "Scripts", "Selection", "Transformations",
            ],
            ["Commands/DnsSolver"] =
            [
                Root, "Cmdlets", "Commands", "Completion", "Errors", "Mapping", "Models", "Scripts", "Transformations",
            ],
            ["Commands/Endpoint"] = ["Cmdlets", "Commands", "Completion", "Errors", "Mapping", "Models", "Transformations"],
            ["Commands/Rack"] = [Root, "Cmdlets", "Commands", "Completion", "Errors", "Models", "Racks", "Transformations"],
            ["Commands/Renewal"] =
            [
                Root, "Cmdlets", "Commands", "Completion", "Errors", "Loading", "Mapping", "Models", "Transformations",
            ],
            ["Commands/ServiceCertificate"] =
            [
                "Cmdlets", "Commands", "Completion", "Errors", "Mapping", "Models", "Racks", "Selection", "Transformations",
            ],
            ["Commands/Webhook"] = ["Cmdlets", "Commands", "Mapping", "Models", "Scripts", "Transformations"],
        },
    };
}
