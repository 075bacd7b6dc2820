using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Lyceum.CSharpKernel.Execution;
using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>A kernel from its start to its shutdown.</summary>
internal static class KernelProcess
{
    /// <summary>Serves the kernel until a client, a signal or the end of the parent process stops it.</summary>
    public static async Task RunAsync(ConnectionFile file, CancellationToken cancellationToken)
    {
        // A cell that blocks threads of the pool must not delay heartbeat and control, which use it, too.
        ThreadPool.SetMinThreads(32, 8);
        using var signer = new JupyterSigner(file.Key);
        await using var channels = Channels.Bind(file);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wire = new Wire(signer, TimeProvider.System);
        var publications = new Publications(channels.Iopub, wire);
        var interrupts = new Interrupts();
        using var signals = OnInterruptSignal(interrupts);
        using var questions = new Questions(channels.Stdin, wire);
        var engine = new CSharpEngine();
        var history = new InputHistory();
        var cells = new CellRequests(engine, history, interrupts, publications, questions);
        var shell = new ShellChannel(new RequestLoop(channels.Shell, wire, publications), cells, engine, history, publications, wire);
        var control = new ControlChannel(new RequestLoop(channels.Control, wire, publications), interrupts, publications);
        CellConsole.Redirect();
        ExceptionHandling.SetUnhandledExceptionHandler(ReportUnhandled);

        publications.Post(null, "status", new StatusContent("starting"), ReplyJson.Default.StatusContent, stop.Token);
        Task[] serving =
        [
            control.RunAsync(stop.Token), shell.RunAsync(stop.Token), questions.RunAsync(stop.Token),
            EchoAsync(channels.Heartbeat, stop.Token), publications.RunAsync(), ParentProcess.WatchAsync(stop.Token),
        ];
        // Any of them only ends because the kernel is to end, or because it failed, and then the kernel is of no use.
        var first = await Task.WhenAny(serving);
        await publications.FlushAsync();
        await stop.CancelAsync();
        if (first.IsFaulted)
        {
            await first;
        }
    }

    private static PosixSignalRegistration OnInterruptSignal(Interrupts interrupts) => PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
    {
        signal.Cancel = true;
        interrupts.Interrupt();
    });

    private static async Task EchoAsync(ReplySocket heartbeat, CancellationToken cancellationToken)
    {
        while (true)
        {
            await heartbeat.SendAsync(await heartbeat.ReceiveAsync(cancellationToken), cancellationToken);
        }
    }

    /// <summary>An exception that a thread of the user's does not catch ends a program, but not a notebook.</summary>
    private static bool ReportUnhandled(Exception exception)
    {
        RunningCell.Current?.WriteError(ErrorReport.OfUnobserved(exception));
        return true;
    }
}
