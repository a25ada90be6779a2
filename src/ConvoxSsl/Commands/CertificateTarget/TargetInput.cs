using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Publishing.Reload;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Mapping;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Commands;

/// <summary>Converts the parameters of <see cref="TargetSettingsCmdlet"/> to the settings of a certificate target.</summary>
/// <param name="given">The cmdlet with the parameters.</param>
/// <param name="path">The parameter <c>-Path</c>.</param>
internal sealed class TargetInput(TargetSettingsCmdlet given, string? path)
{
    /// <summary>True if a setting was given.</summary>
    public bool HasChange =>
        given.Domain is not null || given.Script is not null || given.Timeout is not null || HasFiles || HasReload || HasEndpoint;

    /// <summary>True if a setting of the endpoint was given.</summary>
    public bool HasEndpoint => (given.Endpoint ?? given.ServerName) is not null || given.StartTls is not null;

    private bool HasPaths => (path ?? given.CertificatePath ?? given.KeyPath ?? given.ChainPath) is not null;

    private bool HasFiles =>
        HasPaths || given.Format is not null || (given.Owner ?? given.Group ?? given.Mode) is not null;

    private bool HasReload => given.Service is not null || given.Command is not null || given.IsGiven(nameof(given.Restart));

    /// <summary>Returns a name or pattern in the form in which certificates have their names.</summary>
    public static string ParseDomain(string domain) => InternationalName.ToAscii(domain.TrimEnd('.')).ToLowerInvariant();

    /// <summary>Applies the given parameters to a target.</summary>
    /// <param name="target">The target, with its selection of certificates.</param>
    /// <exception cref="InvalidInputException">A parameter is not valid or missing.</exception>
    public CertificateTarget Apply(CertificateTarget target)
    {
        target = target with
        {
            TimeLimit = given.Timeout ?? target.TimeLimit, Endpoint = HasEndpoint ? ApplyEndpoint(target.Endpoint) : target.Endpoint,
        };
        if (given.Script is not null || target.Script is not null)
        {
            return ApplyScript(target);
        }

        if (HasFiles || target.Files is null)
        {
            target = target with { Files = ApplyFiles(target.Files, target.IsPattern) };
        }

        if (target is { IsPattern: true, Files.Directory: null })
        {
            throw Reject(
                $"'{target.Files!.CertificatePath}' is one file, but '{target.Domain ?? target.Certificate}' can match several "
                    + "certificates.",
                "InvalidParameters.TargetPattern");
        }

        return HasReload ? target with { Reload = ApplyReload(target.Reload) } : target;
    }

    private TargetEndpoint? ApplyEndpoint(TargetEndpoint? before)
    {
        if (given.Endpoint is { Length: 0 })
        {
            return null;
        }

        var startTls = given.StartTls?.ToEngine() ?? (before is null ? null : TargetValue.GetStartTls(before));
        var address = given.Endpoint is { } text ? EndpointAddress.Parse(text, EndpointAddress.GetDefaultPort(startTls))
            : before is not null ? new EndpointAddress(before.Host, before.Port)
            : throw Reject("A setting of the endpoint was given without its address.", "InvalidParameters.TargetEndpoint");
        return new TargetEndpoint
        {
            Host = address.Host,
            Port = address.Port,
            ServerName = given.ServerName is { } name ? EndpointAddress.ParseHost(name) : before?.ServerName,
            StartTls = startTls?.ToString(),
        };
    }

    private CertificateTarget ApplyScript(CertificateTarget target)
    {
        if (target.Files is not null || HasFiles || (given.Service ?? given.Command as object) is not null || given.Restart)
        {
            throw Reject("A script delivers the certificate by itself, and has no files and no reload.", "InvalidParameters.TargetScript");
        }

        var text = given.Script?.ToString() ?? target.Script!;
        return ScriptBinding.ForCertificate(text).ReceivedCount > 0
            ? target with { Script = text }
            : throw Reject("The script does not receive the certificate.", "InvalidParameters.TargetScriptParameters");
    }

    private TargetFiles ApplyFiles(TargetFiles? before, bool isPattern)
    {
        var files = HasPaths || before is null ? ReadPaths(before, isPattern) : before;
        files = given.Format is { } format ? files with { Format = $"{format}" } : files;
        RequireFormat(files);
        return files with
        {
            Owner = given.Owner is null ? files.Owner : NullIfEmpty(given.Owner),
            Group = given.Group is null ? files.Group : NullIfEmpty(given.Group),
            Mode = given.Mode is null ? files.Mode : NullIfEmpty(given.Mode),
            AllowsExposure = given.Mode is null && before is not null ? before.AllowsExposure : given.Force,
        };
    }

    private TargetFiles ReadPaths(TargetFiles? before, bool isPattern)
    {
        if (path is not null && (given.CertificatePath ?? given.KeyPath ?? given.ChainPath) is not null)
        {
            throw Reject("Both a directory and single files were given.", "InvalidParameters.TargetPaths");
        }

        if (path is not null)
        {
            return ReadDirectory(before, isPattern);
        }

        var single = before is { Directory: null } ? before : null;
        var certificate = Resolve(given.CertificatePath) ?? single?.CertificatePath
            ?? throw Reject("The target has no path for the certificate.", "InvalidParameters.TargetPath");
        return (before ?? new TargetFiles { Format = ChooseFormat(certificate, before) }) with
        {
            Directory = null,
            CertificatePath = certificate,
            KeyPath = Resolve(given.KeyPath) ?? single?.KeyPath,
            ChainPath = Resolve(given.ChainPath) ?? single?.ChainPath,
        };
    }

    private TargetFiles ReadDirectory(TargetFiles? before, bool isPattern)
    {
        var full = given.ResolvePath(path!);
        var format = ChooseFormat(full, before);
        var isFile = CertificateFileSet.IsFile(full, Enum.Parse<CertificateFileFormat>(format), isOne: !isPattern);
        return (before ?? new TargetFiles { Format = format }) with
        {
            Format = format,
            Directory = isFile ? null : Path.TrimEndingDirectorySeparator(full),
            CertificatePath = isFile ? full : null,
            KeyPath = null,
            ChainPath = null,
        };
    }

    private string ChooseFormat(string full, TargetFiles? before) =>
        given.Format is null && before is not null ? before.Format : $"{CertificateFileSet.ChooseFormat(full, given.Format?.ToEngine())}";

    private static void RequireFormat(TargetFiles files)
    {
        if (files.Directory is not null)
        {
            return;
        }

        string?[] paths = [files.CertificatePath, files.KeyPath, files.ChainPath];
        var sets = paths.OfType<string>().GroupBy(file => file, StringComparer.Ordinal);
        if (sets.FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
        {
            throw Reject($"'{twice}' would be two files.", "InvalidParameters.TargetSameFile");
        }

        CertificateFileSet.RequireFormat(files.CertificatePath!, TargetFileSet.GetFormat(files));

        var hasParts = files.Format is nameof(CertificateFormat.Pem) or nameof(CertificateFormat.Der);
        if (!hasParts && (files.KeyPath ?? files.ChainPath) is not null)
        {
            throw Reject(
                $"The format {files.Format} is one file, but '{files.KeyPath ?? files.ChainPath}' is another one.",
                "InvalidParameters.TargetOneFile");
        }

        // A renewed certificate has another key.
        if (files is { Format: nameof(CertificateFormat.Pem), KeyPath: null })
        {
            throw Reject($"'{files.CertificatePath}' would not match its private key, which has no path.", "InvalidParameters.TargetKey");
        }
    }

    private TargetReload? ApplyReload(TargetReload? before)
    {
        if (!string.IsNullOrEmpty(given.Service) && given.Command is { Length: > 0 })
        {
            throw Reject("Both a service and a command were given.", "InvalidParameters.TargetReload");
        }

        var reload = given.Service is not null ? NullIfEmpty(given.Service) is { } name ? new TargetReload { Service = name } : null
            : given.Command is [var program, .. var arguments]
                ? new TargetReload { Command = ReloadProgram.Find(ResolveProgram(program)), Arguments = arguments }
            : given.Command is not null ? null
            : before;
        if (reload?.Service is null && given.Restart)
        {
            throw Reject("A restart was given without a service.", "InvalidParameters.TargetRestart");
        }

        return reload is not null && given.IsGiven(nameof(given.Restart)) ? reload with { Restart = given.Restart } : reload;
    }

    // A name is found on the search path, and anything else is a path.
    private string ResolveProgram(string program) => Path.GetFileName(program) == program ? program : given.ResolvePath(program);

    private string? Resolve(string? file) => file is null ? null : given.ResolvePath(file);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static InvalidInputException Reject(string reason, string remedy) =>
        new(ErrorCode.InvalidParameters, reason) { Remedy = new Remedy(remedy) };
}
