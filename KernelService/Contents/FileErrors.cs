using Lyceum.KernelService.Errors;

namespace Lyceum.KernelService.Contents;

/// <summary>Says what was refused, and what the file system refuses without telling where on the machine the workspace is.</summary>
internal sealed partial class FileErrors(ILogger<FileErrors> logger) : IEndpointFilter
{
    private const int DiskFullUnix = 28;
    private const int DiskFullWindows = unchecked((int)0x80070070);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadHttpRequestException refused)
        {
            return JupyterError.Result(refused.StatusCode, refused.Message);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return JupyterError.NotFound($"No such file or directory: {PathOf(context)}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogFailed(logger, context.HttpContext.Request.Method, exception);
            return exception is UnauthorizedAccessException
                ? JupyterError.Result(StatusCodes.Status403Forbidden, $"Permission denied: {PathOf(context)}")
                : exception.HResult is DiskFullUnix or DiskFullWindows
                    ? JupyterError.Result(StatusCodes.Status507InsufficientStorage, $"The disk is full. {PathOf(context)} is as it was before.")
                    : JupyterError.Result(StatusCodes.Status500InternalServerError, $"The file system refused: {PathOf(context)}");
        }
    }

    private static object? PathOf(EndpointFilterInvocationContext context) => context.HttpContext.Request.RouteValues["path"];

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} of a user's file failed")]
    private static partial void LogFailed(ILogger logger, string method, Exception exception);
}
