using System.Text.Json;
using ConvoxSsl.TestServers;

await using var servers = await RunningServers.StartAsync(CancellationToken.None);
Console.WriteLine(JsonSerializer.Serialize(servers.Describe(), JsonSerializerOptions.Web));

// Standard input also closes if the parent process is killed.
while (await Console.In.ReadLineAsync() is not null)
{
}
