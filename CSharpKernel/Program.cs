using System.Runtime.InteropServices;
using Lyceum.CSharpKernel.Install;
using Lyceum.CSharpKernel.Kernel;
using Lyceum.Messaging;

const string Usage = """
    A Jupyter kernel for C#.

      CSharpKernel <connection file>          serves the kernel; Jupyter calls it so
      CSharpKernel --install [--user]         makes it known to this user's Jupyter
      CSharpKernel --install --prefix <path>  makes it known to the Jupyter below that prefix
    """;

using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});

switch (args)
{
    case ["--install"] or ["--install", "--user"]:
        return await InstallAsync(null);
    case ["--install", "--prefix", var prefix]:
        return await InstallAsync(prefix);
    case [var file] when !file.StartsWith('-'):
        return await ServeAsync(file);
    default:
        await Console.Error.WriteLineAsync(Usage);
        return args is ["--help"] or ["-h"] ? 0 : 2;
}

async Task<int> InstallAsync(string? prefix)
{
    try
    {
        Console.WriteLine($"Installed {await KernelSpecInstaller.InstallAsync(prefix, stop.Token)}");
        return 0;
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
    {
        await Console.Error.WriteLineAsync($"Cannot install the kernelspec: {exception.Message}");
        return 1;
    }
}

async Task<int> ServeAsync(string file)
{
    var log = Console.Error;
    try
    {
        await KernelProcess.RunAsync(await ConnectionFile.ReadAsync(file, stop.Token), stop.Token);
        // Not by returning: a thread that a cell started would keep the process.
        Environment.Exit(0);
        return 0;
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ZmtpException or ArgumentException)
    {
        await log.WriteLineAsync($"The kernel cannot serve '{file}': {exception.Message}");
        return 1;
    }
}
