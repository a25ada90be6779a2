using System.Management.Automation;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Tests.Kubernetes;

/// <summary>Tests Publish-ConvoxCertificate and the publishing of renewals.</summary>
public sealed class PublishTests : IAsyncLifetime
{
    private ClusterSession _session = null!;
    private string _id = null!;

    public async Task InitializeAsync()
    {
        _session = await ClusterSession.StartAsync(await KubernetesTestServers.CurrentAsync());
        var created =
            (await _session.RunConnectedAsync("New-ConvoxCertificate one.example.org -WarningAction SilentlyContinue")).Succeeded();
        _id = created.Of<ConvoxCertificate>().Single().Id;
        _session.PowerShell.Set("Id", _id);
    }

    public Task DisposeAsync()
    {
        _session.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_certificate_is_published_to_an_app_and_its_renewals_follow()
    {
        var app = await _session.AddAppAsync("web");

        var first = (await _session.RunAsync("Get-ConvoxCertificate | Publish-ConvoxCertificate -App web"))
            .Succeeded()
            .Of<ConvoxPublication>()
            .Single();
        Assert.Equal(("web", app, ConvoxPublicationResult.Created, _session.Name), (first.App, first.Namespace, first.Result, first.Rack));

        var renewed = (await _session.RunAsync(
            "Update-ConvoxCertificate $Id -Force -Verbose -WarningAction SilentlyContinue; Publish-ConvoxCertificate $Id; "
                + "Publish-ConvoxCertificate")).Succeeded();
        Assert.Contains(renewed.Verbose, line => line.Contains("The app web has", StringComparison.Ordinal));
        Assert.Equal(ConvoxPublicationResult.Current, renewed.Of<ConvoxPublication>().Single().Result);
    }

    [Fact]
    public async Task WhatIf_and_old_copies()
    {
        await _session.AddAppAsync("web");
        await _session.RunAsync("Publish-ConvoxCertificate $Id -App web -WhatIf");
        var nothing = (await _session.RunAsync("Publish-ConvoxCertificate $Id")).Succeeded();
        Assert.Empty(nothing.Objects);
        Assert.StartsWith($"No app has a copy of {_id} (one.example.org)", Assert.Single(nothing.Warnings), StringComparison.Ordinal);
        Assert.Empty((await _session.RunAsync("Get-ConvoxCertificate | Publish-ConvoxCertificate")).Succeeded().Warnings);

        await _session.RunAsync("$null = Publish-ConvoxCertificate $Id -App web");
        var secret = $"/api/v1/namespaces/{_session.Name}-web/secrets/";
        var name =
            (string)(await _session.Server.Admin.ListAsync(secret.TrimEnd('/'), default)).Single(s =>
                (string?)s["type"] == "kubernetes.io/tls")["metadata"]!["name"]!;
        await _session.Server.Admin.PatchAsync(
            secret + name, JsonNode.Parse("""{"data":{"tls.crt":"b2xk"}}""")!, default);
        Assert.Equal(
            ConvoxPublicationResult.Updated,
            (await _session.RunAsync("Publish-ConvoxCertificate")).Succeeded().Of<ConvoxPublication>().Single().Result);
        Assert.Empty((await _session.RunAsync("Publish-ConvoxCertificate")).Succeeded().Objects);
    }

    [Theory]
    [InlineData("Publish-ConvoxCertificate $Id -App none", "AppNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Publish-ConvoxCertificate cert-none", "CertificateNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Publish-ConvoxCertificate -App web", "InvalidParameters", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ConvoxCertificate -Rack ./local", "NoApps", ErrorCategory.InvalidOperation)]
    public async Task Publishing_an_unpublishable_certificate_is_one_error(string script, string id, ErrorCategory category)
    {
        var error = Assert.Single((await _session.RunAsync(script)).Errors);

        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
    }

    [Fact]
    public async Task Certificates_are_named_by_a_name_or_the_beginning_of_an_ID_and_those_of_apps_are_not_changed()
    {
        var app = await _session.AddAppAsync("web");
        var own = await _session.Server.Admin.GetAsync($"/api/v1/namespaces/{_session.Namespace}/secrets/{_id}", default);
        await _session.Server.Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["name"] = "web-tls", ["namespace"] = app },
                ["type"] = "kubernetes.io/tls",
                ["data"] = own["data"]!.DeepClone(),
            },
            default);
        var ofApp = $"web-tls@{app}";

        string[] texts = ["one.example.org", "-Domain ONE.example.org.", "$Id.Substring(0, 7)", "($Id.Substring(0, 7) + '…')"];
        foreach (var text in texts)
        {
            var published = (await _session.RunAsync($"Publish-ConvoxCertificate {text} -App web")).Succeeded();
            Assert.Equal(_id, Assert.Single(published.Of<ConvoxPublication>()).Id);
        }

        var byName = (await _session.RunAsync("Get-ConvoxCertificate one.example.org")).Succeeded().Of<ConvoxCertificate>();
        Assert.Equal(_id, Assert.Single(byName).Id);
        var all = (await _session.RunAsync("Get-ConvoxCertificate -Domain one.example.org")).Succeeded().Of<ConvoxCertificate>();
        Assert.Equal([_id, ofApp], all.Select(c => c.Id));
        Assert.Equal(ofApp, (await _session.RunAsync("Get-ConvoxCertificate web-tl")).Succeeded().Of<ConvoxCertificate>().Single().Id);
        foreach (var verb in new[] { "Remove", "Revoke", "Restore" })
        {
            var error = Assert.Single((await _session.RunAsync($"{verb}-ConvoxCertificate web-tls -WhatIf")).Errors);
            Assert.StartsWith("ConvoxSsl.CertificateOfApp,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_certificate_that_another_program_has_broken_is_Failed_until_its_remedy_is_followed()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await ChangeDataAsync("tls.key", other.ExportPkcs8PrivateKeyPem());

        var broken = (await _session.RunAsync("Get-ConvoxCertificate")).Succeeded().Of<ConvoxCertificate>().Single();
        Assert.Equal(ConvoxCertificateStatus.Failed, broken.Status);
        Assert.Equal(
            "It cannot be used because its private key belongs to another certificate. "
                + $"To replace it, use Update-ConvoxCertificate {_id} -Force.",
            broken.StatusReason);
        var error = Assert.Single((await _session.RunAsync("Publish-ConvoxCertificate $Id")).Errors);
        Assert.StartsWith("ConvoxSsl.CertificateDamaged,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"Update-ConvoxCertificate {_id} -Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        _session.PowerShell.Set("Folder", _session.PowerShell["exported"]);
        _session.PowerShell.Set("Password", new NetworkCredential(string.Empty, "secret").SecurePassword);
        foreach (var target in new[] { "-Path $Folder", "-Path \"$Folder/x.pfx\" -Password $Password" })
        {
            var refused = Assert.Single((await _session.RunAsync($"Export-ConvoxCertificate $Id {target}")).Errors);
            Assert.StartsWith("ConvoxSsl.KeyMismatch,", refused.FullyQualifiedErrorId, StringComparison.Ordinal);
        }


        var replaced = (await _session.RunAsync(
            "$null = Update-ConvoxCertificate $Id -Force -WarningAction SilentlyContinue; Get-ConvoxCertificate"))
            .Succeeded().Of<ConvoxCertificate>().Single();
        Assert.Equal((ConvoxCertificateStatus.Ready, null), (replaced.Status, replaced.StatusReason));
    }

    [Fact]
    public async Task A_renewal_warns_of_a_copy_in_another_format_that_it_leaves_behind()
    {
        var current = await _session.Server.Admin.GetAsync($"/api/v1/namespaces/{_session.Namespace}/secrets/{_id}", default);
        var certificate = Encoding.UTF8.GetString(Convert.FromBase64String((string)current["data"]!["tls.crt"]!));
        await ChangeDataAsync("tls-combined.pem", certificate);
        Assert.Null((await _session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>().Single().StatusReason);

        var renewed = (await _session.RunAsync("$null = Update-ConvoxCertificate $Id -Force; Get-ConvoxCertificate")).Succeeded();

        Assert.Contains(
            renewed.Warnings,
            w => w.Contains(_id, StringComparison.Ordinal)
                && w.Contains("has tls-combined.pem of another version", StringComparison.Ordinal));
        var stored = renewed.Of<ConvoxCertificate>().Single();
        Assert.Equal(ConvoxCertificateStatus.Ready, stored.Status);
        Assert.Contains("tls-combined.pem", stored.StatusReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_a_certificate_names_the_apps_that_keep_a_copy()
    {
        var web = await _session.AddAppAsync("web");
        await _session.AddAppAsync("without");
        await _session.RunAsync("$null = Publish-ConvoxCertificate $Id -App web");

        var removed = (await _session.RunAsync("Remove-ConvoxCertificate $Id -Confirm:$false")).Succeeded();

        var warning = Assert.Single(removed.Warnings);
        Assert.Contains($"keep their copies of {_id}, which are not renewed any more, in {web}.", warning, StringComparison.Ordinal);
        Assert.Contains($"kubectl delete secret {_id} --namespace {web}", warning, StringComparison.Ordinal);
        Assert.NotNull(await _session.Server.Admin.FindAsync($"/api/v1/namespaces/{web}/secrets/{_id}", default));
    }

    [Fact]
    public async Task A_failing_app_is_an_error_and_the_others_are_published()
    {
        var open = await _session.AddAppAsync("open");
        await _session.AddAppAsync("shut");
        await _session.RunAsync("$null = Publish-ConvoxCertificate $Id -App open, shut; $null = Update-ConvoxCertificate $Id -Force");
        var user = _session.Server.AddUser();
        await _session.Server.GrantAsync(user, null, default, new RbacRule("", "namespaces", "list"));
        await _session.Server.GrantAsync(user, _session.Namespace, default, new RbacRule("", "secrets", "get,list"));
        await _session.Server.GrantAsync(user, open, default, new RbacRule("", "secrets", "get,list,patch"));
        _session.Become(user.Token);

        var run = await _session.RunAsync("Publish-ConvoxCertificate $Id");

        Assert.Equal(
            [("open", ConvoxPublicationResult.Current), ("shut", ConvoxPublicationResult.Failed)],
            run.Of<ConvoxPublication>().Select(p => (p.App, p.Result)).Order());
        Assert.StartsWith("ConvoxSsl.NotPublished,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private Task<JsonObject> ChangeDataAsync(string key, string value) => _session.Server.Admin.PatchAsync(
        $"/api/v1/namespaces/{_session.Namespace}/secrets/{_id}",
        new JsonObject { ["data"] = new JsonObject { [key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) } },
        default);
}
