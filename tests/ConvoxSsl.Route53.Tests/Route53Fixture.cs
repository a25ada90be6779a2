using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Route53;

namespace ConvoxSsl.Route53.Tests;

/// <summary>A server with the zone example.com and a user with all permissions, and providers that use it.</summary>
internal sealed class Route53Fixture : IAsyncDisposable
{
    private readonly List<Route53Provider> _providers = [];

    private Route53Fixture(Route53TestServer server)
    {
        Server = server;
        User = server.AddUser("alice");
        Zone = server.AddZone("example.com");
    }

    public Route53TestServer Server { get; }

    public AwsIdentity User { get; set; }

    public TestHostedZone Zone { get; }

    /// <summary>The name servers of each zone in the DNS.</summary>
    public Dictionary<string, IReadOnlyList<string>> Delegations { get; } = [];

    public SkippingClock Clock { get; } = new();

    public static Task<Route53Fixture> StartAsync() => StartAsync(new Route53TestServerOptions());

    public static async Task<Route53Fixture> StartAsync(Route53TestServerOptions options) =>
        new(await Route53TestServer.StartAsync(options, CancellationToken.None));

    /// <summary>Removes an action from the user's permissions.</summary>
    public void Deny(string action) => User = Server.AddIdentity(User with { Actions = [.. User.Actions.Where(a => a != action)] });

    public Route53Provider Provider() => Provider(new Route53Settings { Region = "us-east-1" });

    public Route53Provider Provider(Route53Settings settings) =>
        Provider(settings, new AwsAccessKey(User.AccessKeyId, User.SecretAccessKey, User.SessionToken), Clock);

    public Route53Provider Provider(Route53Settings settings, AwsAccessKey key, TimeProvider time)
    {
        var provider = new Route53Provider(settings, LookUpAsync, new Route53Options
        {
            Time = time,
            AccessKey = key,
            Route53Endpoint = Server.Url,
            StsEndpoint = Server.Url,
        });
        _providers.Add(provider);
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        _providers.ForEach(provider => provider.Dispose());
        await Server.DisposeAsync();
    }

    public static TxtRecord Record(string name, string value) => new(name, value);

    public static async Task<EngineException> FailsAsync(string code, Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<EngineException>(action);
        Assert.Equal(code, failure.Code);
        return failure;
    }

    private Task<IReadOnlyList<string>> LookUpAsync(string name, CancellationToken ct) =>
        Task.FromResult(Delegations.GetValueOrDefault(name) ?? []);
}
