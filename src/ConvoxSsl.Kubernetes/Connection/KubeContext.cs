using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>A context of a kubeconfig, with its cluster and user, and with absolute paths.</summary>
/// <param name="Location">The kubeconfig files.</param>
/// <param name="Name">The context's name.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="User">The user; null for an anonymous one.</param>
internal sealed record KubeContext(string Location, string Name, KubeCluster Cluster, KubeUser? User);

/// <summary>A PEM text, in a file or in the kubeconfig itself, which takes precedence.</summary>
/// <param name="Field">The field's name in the kubeconfig.</param>
/// <param name="File">The file; null if there is none.</param>
/// <param name="Data">The text in Base64; null if there is none.</param>
internal sealed record KubeData(string Field, string? File, string? Data)
{
    /// <summary>True if neither is given.</summary>
    public bool IsEmpty => File is null && Data is null;

    /// <summary>Reads a field and its variant that ends in <c>-data</c>.</summary>
    public static KubeData Read(string file, KubeNode parent, string field)
    {
        var path = parent[field].Text;
        return new KubeData(
            field, path is null ? null : Path.GetFullPath(path, Path.GetDirectoryName(file)!), parent[field + "-data"].Text);
    }

    /// <summary>Returns the text; null if neither is given.</summary>
    /// <param name="location">The kubeconfig, for errors.</param>
    /// <exception cref="InvalidInputException"><c>InvalidKubeConfig</c>.</exception>
    public string? Load(string location)
    {
        try
        {
            return Data is not null ? Encoding.UTF8.GetString(Convert.FromBase64String(Data)).TrimStart('\uFEFF')
                : File is not null ? System.IO.File.ReadAllText(File)
                : null;
        }
        catch (FormatException)
        {
            throw KubeConfig.Invalid(location, $"its {Field}-data cannot be read, because it is not Base64.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw KubeConfig.Invalid(location, $"its {Field} '{File}' does not exist.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw KubeConfig.Invalid(location, $"its {Field} '{File}' cannot be read.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Field;
}

/// <summary>A cluster of a kubeconfig.</summary>
internal sealed record KubeCluster
{
    /// <summary>The server's address; null if there is none.</summary>
    public string? Server { get; init; }

    /// <summary>The name in the server's certificate; null for the server's host.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>True to accept any certificate.</summary>
    public bool SkipsVerification { get; init; }

    /// <summary>The authorities of the server's certificate.</summary>
    public KubeData Authority { get; init; } = new("certificate-authority", null, null);

    /// <summary>The proxy; null for the one in the environment.</summary>
    public string? ProxyUrl { get; init; }

    /// <summary>True if responses must not be compressed; the module never asks for compression.</summary>
    public bool DisablesCompression { get; init; }

    /// <summary>The cluster's settings for credential plugins; null if there are none.</summary>
    public JsonNode? PluginConfig { get; init; }

    /// <summary>Reads a cluster.</summary>
    public static KubeCluster Read(string file, KubeNode cluster) => new()
    {
        Server = cluster["server"].Text,
        TlsServerName = cluster["tls-server-name"].Text,
        SkipsVerification = cluster["insecure-skip-tls-verify"].Flag,
        Authority = KubeData.Read(file, cluster, "certificate-authority"),
        ProxyUrl = cluster["proxy-url"].Text,
        DisablesCompression = cluster["disable-compression"].Flag,
        PluginConfig = cluster["extensions"].Items
            .FirstOrDefault(extension => extension["name"].Text == "client.authentication.k8s.io/exec")?["extension"].ToJson(),
    };

    /// <summary>Loads the authorities; null for the system's roots.</summary>
    /// <param name="location">The kubeconfig, for errors.</param>
    /// <exception cref="InvalidInputException"><c>InvalidKubeConfig</c>.</exception>
    public X509Certificate2Collection? LoadAuthorities(string location)
    {
        if (Authority.Load(location) is not { } text)
        {
            return null;
        }

        if (SkipsVerification)
        {
            throw KubeConfig.Invalid(location, "it has both a certificate-authority and insecure-skip-tls-verify.");
        }

        try
        {
            return [.. RootCertificates.Parse(text)];
        }
        catch (InvalidInputException)
        {
            throw KubeConfig.Invalid(location, "its certificate-authority cannot be read, because it is not PEM.");
        }
    }
}
