using ConvoxSsl.Bench;

// The processes that are measured are this program too.
if (args is [BareHost.Argument, .. var module])
{
    BareHost.Run(module.FirstOrDefault());
    return 0;
}

return await ImportBenchmark.RunAsync(CancellationToken.None);
