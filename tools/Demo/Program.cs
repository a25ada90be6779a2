using Demo;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    // The script also receives Ctrl+C and ends; then stop the CA.
    e.Cancel = true;
    stop.Cancel();
};
await using var ca = await DemoCa.StartAsync(stop.Token);
Console.WriteLine($"The CA is {ca.Name} at {ca.DirectoryUrl}. It stops, and the rack is deleted, at the end.");
Console.WriteLine();
return await DemoScript.RunAsync(ca);
