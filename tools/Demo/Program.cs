using Demo;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    // The script hears of it too, and ends by itself; what was started for it is stopped then.
    e.Cancel = true;
    stop.Cancel();
};
await using var ca = await DemoCa.StartAsync(stop.Token);
Console.WriteLine($"The CA is {ca.Name} at {ca.DirectoryUrl}. All of this is gone at the end.");
Console.WriteLine();
return await DemoScript.RunAsync(ca);
