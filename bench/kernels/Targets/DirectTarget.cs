using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Lyceum.Messaging;

namespace Lyceum.KernelBench.Targets;

/// <summary>Starts kernels itself and talks to their sockets, or, relayed, to a process that passes the bytes on unread.</summary>
internal sealed class DirectTarget(Installation installation, bool isRelayed = false) : Target(isRelayed ? "relay: bytes passed on unread" : "floor: kernel's own sockets")
{
    public override async Task<RunningKernel> StartKernelAsync(string kernelspec, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        int[] ports = FreePorts.Pick(5);
        var file = new ConnectionFile
        {
            Ip = "127.0.0.1",
            Key = Guid.NewGuid().ToString("N"),
            ShellPort = ports[0],
            IopubPort = ports[1],
            StdinPort = ports[2],
            ControlPort = ports[3],
            HbPort = ports[4],
        };
        string path = Path.Combine(installation.Folder, $"direct-{Guid.NewGuid():N}.json");
        await file.WriteAsync(path, cancellationToken);

        // In a session of its own, as the servers start theirs: Linux gives each session its share of a busy machine.
        string[] command = ["setsid", .. installation.CommandOf(kernelspec, path)];
        var process = new ChildProcess(command[0], command[1..], new Dictionary<string, string>());
        ChildProcess? relay = null;
        if (isRelayed)
        {
            int[] between = FreePorts.Pick(2);
            relay = new ChildProcess("setsid", ["dotnet", installation.Relay, $"{between[0]}:{file.ShellPort}", $"{between[1]}:{file.IopubPort}"], new Dictionary<string, string>());
            file = file with { ShellPort = between[0], IopubPort = between[1] };
        }

        DirectLink link = await DirectLink.ConnectAsync(file, cancellationToken);
        await link.KernelInfoAsync(cancellationToken);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new RunningKernel(link, elapsed, isRelayed ? [] : ["direct", path], async () =>
        {
            await process.DisposeAsync();
            await (relay?.DisposeAsync() ?? ValueTask.CompletedTask);
        });
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Ports that are free when asked for.</summary>
internal static class FreePorts
{
    public static int[] Pick(int count)
    {
        var listeners = new List<TcpListener>();
        try
        {
            for (int i = 0; i < count; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listeners.Add(listener);
                listener.Start();
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }
}
