namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>A user of a kubeconfig.</summary>
internal sealed record KubeUser
{
    /// <summary>The user's name.</summary>
    public required string Name { get; init; }

    /// <summary>The bearer token; null if there is none.</summary>
    public string? Token { get; init; }

    /// <summary>The file with the bearer token, which takes precedence; null if there is none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The user name for basic authentication; null if there is none.</summary>
    public string? UserName { get; init; }

    /// <summary>The password for basic authentication.</summary>
    public string? Password { get; init; }

    /// <summary>The client certificate, with its intermediates.</summary>
    public KubeData Certificate { get; init; } = new("client-certificate", null, null);

    /// <summary>The client certificate's key.</summary>
    public KubeData Key { get; init; } = new("client-key", null, null);

    /// <summary>The headers that ask the API server to act as another user.</summary>
    public IReadOnlyList<(string Header, string Value)> Impersonation { get; init; } = [];

    /// <summary>The credential plugin; null if there is none.</summary>
    public PluginSettings? Plugin { get; init; }

    /// <summary>The identity token of OpenID Connect; null if there is none.</summary>
    public string? IdToken { get; init; }

    /// <summary>Reads a user, and refuses what cannot be honoured.</summary>
    /// <exception cref="Engine.InvalidInputException"><c>InvalidKubeConfig</c>.</exception>
    public static KubeUser Read(string file, string name, KubeNode user)
    {
        var read = new KubeUser
        {
            Name = name,
            Token = user["token"].Text,
            TokenFile = user["tokenFile"].Text is { } path ? Path.GetFullPath(path, Path.GetDirectoryName(file)!) : null,
            UserName = user["username"].Text,
            Password = user["password"].Text,
            Certificate = KubeData.Read(file, user, "client-certificate"),
            Key = KubeData.Read(file, user, "client-key"),
            Impersonation = ReadImpersonation(file, name, user),
            Plugin = user["exec"].Exists ? PluginSettings.Read(file, name, user["exec"]) : null,
            IdToken = ReadIdToken(file, name, user["auth-provider"]),
        };
        var error = read switch
        {
            { Token: not null, UserName: not null } or { Token: not null, Password: not null } => "has both a token and a password",
            { Plugin: not null, IdToken: not null } => "has both an exec and an auth-provider",
            { Certificate.IsEmpty: false, Key.IsEmpty: true } => "has a client-certificate without a client-key",
            _ => null,
        };
        return error is null ? read : throw KubeConfig.Invalid(file, $"its user '{name}' {error}.");
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static IReadOnlyList<(string Header, string Value)> ReadImpersonation(string file, string name, KubeNode user)
    {
        var headers = new List<(string Header, string Value)>();
        if (user["as-uid"].Text is { } uid)
        {
            headers.Add(("Impersonate-Uid", uid));
        }

        headers.AddRange(user["as-groups"].Texts.Select(group => ("Impersonate-Group", group)));
        headers.AddRange(user["as-user-extra"].Members.SelectMany(
            extra => extra.Value.Texts.Select(value => ("Impersonate-Extra-" + Uri.EscapeDataString(extra.Key), value))));
        var impersonated = user["as"].Text;
        // .NET joins the values of one header in one line, which the API server takes for one value.
        var error = headers.DistinctBy(header => header.Header, StringComparer.OrdinalIgnoreCase).Count() < headers.Count
                ? "has more than one of as-groups, or several values of as-user-extra, which cannot be sent"
            : impersonated is null && headers.Count > 0 ? "has as-uid, as-groups or as-user-extra without as"
            : headers.Any(header => header.Value.Any(char.IsControl)) || impersonated?.Any(char.IsControl) == true
                ? "has control characters in as, as-uid, as-groups or as-user-extra"
            : null;
        return error is not null ? throw KubeConfig.Invalid(file, $"its user '{name}' {error}.")
            : impersonated is null ? []
            : [("Impersonate-User", impersonated), .. headers];
    }

    private static string? ReadIdToken(string file, string name, KubeNode provider)
    {
        if (!provider.Exists)
        {
            return null;
        }

        if (provider["name"].Text != "oidc")
        {
            throw KubeConfig.Invalid(
                file,
                $"its user '{name}' has the auth-provider '{provider["name"].Text}', which Kubernetes has replaced by credential plugins.");
        }

        return provider["config"]["id-token"].Text
            ?? throw KubeConfig.Invalid(file, $"the auth-provider of its user '{name}' has no id-token.");
    }
}

/// <summary>A credential plugin in a kubeconfig.</summary>
internal sealed record PluginSettings
{
    private const string ApiGroup = "client.authentication.k8s.io/";

    /// <summary>The version of the plugin's input and output.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The program: a name, or an absolute path.</summary>
    public required string Command { get; init; }

    /// <summary>The program's arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The program's additional environment variables.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    /// <summary>Advice for the user if the program is not installed; null if there is none.</summary>
    public string? InstallHint { get; init; }

    /// <summary>True if the program receives the cluster's address and authorities.</summary>
    public bool ProvidesClusterInfo { get; init; }

    /// <summary>Reads a plugin.</summary>
    /// <exception cref="Engine.InvalidInputException"><c>InvalidKubeConfig</c>.</exception>
    public static PluginSettings Read(string file, string user, KubeNode exec)
    {
        var command = exec["command"].Text ?? throw KubeConfig.Invalid(file, $"the exec of its user '{user}' has no command.");
        var version = exec["apiVersion"].Text;
        if (version is null || !version.StartsWith(ApiGroup, StringComparison.Ordinal))
        {
            throw KubeConfig.Invalid(file, $"the apiVersion of its user '{user}' is not one of {ApiGroup.TrimEnd('/')}.");
        }

        if (exec["interactiveMode"].Text is not (null or "Never" or "IfAvailable"))
        {
            throw KubeConfig.Invalid(
                file, $"the interactiveMode of its user '{user}' is not Never or IfAvailable, and credential plugins cannot prompt here.");
        }

        return new PluginSettings
        {
            ApiVersion = version,
            Command = command.IndexOfAny(['/', '\\']) >= 0 ? Path.GetFullPath(command, Path.GetDirectoryName(file)!) : command,
            Arguments = exec["args"].Texts,
            Environment = [.. exec["env"].Items.Select(item => (item["name"].Text ?? string.Empty, item["value"].Text ?? string.Empty))],
            InstallHint = exec["installHint"].Text,
            ProvidesClusterInfo = exec["provideClusterInfo"].Flag,
        };
    }
}
