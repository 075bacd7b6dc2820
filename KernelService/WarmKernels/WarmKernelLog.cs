namespace Lyceum.KernelService.WarmKernels;

internal static partial class WarmKernelLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Kernel {Kernel} ({Spec}) is warm after {Took}")]
    public static partial void Waits(ILogger logger, string kernel, string spec, TimeSpan took);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kernel {Kernel} ({Spec}) ended while it waited")]
    public static partial void Ended(ILogger logger, string kernel, string spec);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No kernel of {Spec} can be kept warm: {Reason}")]
    public static partial void Failed(ILogger logger, string spec, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No kernel of {Spec} can be kept warm: it did not move to another folder when asked to")]
    public static partial void DoesNotMove(ILogger logger, string spec);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kernels of {Spec} are not kept warm: no such kernelspec is installed, or its language is neither Python nor C#")]
    public static partial void NotPossible(ILogger logger, string spec);

    [LoggerMessage(Level = LogLevel.Information, Message = "Kernel {Kernel} comes from the warm pool")]
    public static partial void Taken(ILogger logger, string kernel);
}
