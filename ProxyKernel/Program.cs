using System.ComponentModel;
using System.Runtime.InteropServices;
using Lyceum.Messaging;
using Lyceum.ProxyKernel;
using Lyceum.ProxyKernel.Install;
using Lyceum.ProxyKernel.SubKernels;

const string Usage = """
    A Jupyter kernel that runs another one and adds Lyceum's tutor to it.

      ProxyKernel --install [--user | --prefix <path>] [--kernel <name>] [--url <address>] [--name <name>]
          makes it known to this user's Jupyter, or to the one below the prefix
          --kernel   the kernelspec that it runs (python3)
          --url      where Lyceum is (http://localhost:8080)
          --name     its own kernelspec's name (lyceum)
      ProxyKernel --kernel <name> --url <address> <connection file>
          serves; Jupyter calls it so

    The account's token is in the environment variable LYCEUM_TOKEN or in the file ~/.config/lyceum/token.
    """;

using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});

// A terminal's Ctrl-C reaches the kernel below as well, which is the one that it is for.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);

if (ProxyArguments.Parse(args) is not { } arguments)
{
    await Console.Error.WriteLineAsync(Usage);
    return args is ["--help"] or ["-h"] ? 0 : 2;
}

try
{
    if (arguments.ConnectionFile is not { } file)
    {
        Console.WriteLine($"Installed {await KernelSpecInstaller.InstallAsync(arguments, stop.Token)}");
        return 0;
    }

    return await Proxy.RunAsync(await ConnectionFile.ReadAsync(file, stop.Token), arguments, stop.Token);
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ZmtpException or Win32Exception or NoSuchKernelException)
{
    await Console.Error.WriteLineAsync($"ProxyKernel: {exception.Message}");
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}
