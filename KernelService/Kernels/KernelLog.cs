using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

internal static partial class KernelLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Kernel {Kernel} ({Spec}) started as process {Process}")]
    public static partial void Started(ILogger logger, string kernel, string spec, int process);

    [LoggerMessage(Level = LogLevel.Information, Message = "Kernel {Kernel} is ready after {Took}")]
    public static partial void Ready(ILogger logger, string kernel, TimeSpan took);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kernel {Kernel} ended by itself with exit code {ExitCode}; restart {Attempt} of {Max}")]
    public static partial void Died(ILogger logger, string kernel, int exitCode, int attempt, int max);

    [LoggerMessage(Level = LogLevel.Error, Message = "Kernel {Kernel} is dead: {Reason}")]
    public static partial void Dead(ILogger logger, string kernel, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The last output of kernel {Kernel}'s process: {Tail}")]
    public static partial void Tail(ILogger logger, string kernel, string tail);

    [LoggerMessage(Level = LogLevel.Information, Message = "Kernel {Kernel} shut down")]
    public static partial void ShutDown(ILogger logger, string kernel);

    [LoggerMessage(Level = LogLevel.Information, Message = "Kernel {Kernel} was idle for {Idle} and is ended")]
    public static partial void Culled(ILogger logger, string kernel, TimeSpan idle);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} messages of a kernel were refused so far, the last on {Channel}: {Error}")]
    public static partial void MessagesRefused(ILogger logger, int count, KernelChannel channel, JupyterWireError error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Kernel {Kernel} ({Spec}), process {Process}, outlived the service's last process and goes on")]
    public static partial void Adopted(ILogger logger, string kernel, string spec, int process);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kernel {Kernel} outlived the service's last process but cannot be taken over and is ended: {Reason}")]
    public static partial void NotAdopted(ILogger logger, string kernel, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Where kernel {Kernel} listens now could not be written down: {Reason}")]
    public static partial void NotWritten(ILogger logger, string kernel, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Kernel {Kernel} could not be ended cleanly")]
    public static partial void ShutdownFailed(ILogger logger, string kernel, Exception exception);
}
