using System.Text.Json;
using ConvoxSsl.TestServers;

await using var servers = await RunningServers.StartAsync(CancellationToken.None);
Console.WriteLine(JsonSerializer.Serialize(servers.Describe(), JsonSerializerOptions.Web));

// Whoever started it may be killed: then its end of the pipe closes too.
while (await Console.In.ReadLineAsync() is not null)
{
}
