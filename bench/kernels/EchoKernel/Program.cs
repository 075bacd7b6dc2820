using System.Globalization;
using Lyceum.EchoKernel;
using Lyceum.Messaging;

if (args is not [var path])
{
    await Console.Error.WriteLineAsync("EchoKernel <connection file>");
    return 2;
}

using var stop = new CancellationTokenSource();
_ = WatchParentAsync();
await EchoServer.RunAsync(await ConnectionFile.ReadAsync(path, stop.Token), stop);
return 0;

// A benchmark that is killed must leave no kernels behind.
async Task WatchParentAsync()
{
    int parent = ParentId();
    using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
    while (await timer.WaitForNextTickAsync())
    {
        if (ParentId() != parent)
        {
            Environment.Exit(0);
        }
    }
}

static int ParentId()
{
    string stat = File.ReadAllText("/proc/self/stat");
    return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
}
