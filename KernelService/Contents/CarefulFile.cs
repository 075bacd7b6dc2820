using System.Runtime.InteropServices;
using Lyceum.KernelService.Accounts;
using Microsoft.Win32.SafeHandles;

namespace Lyceum.KernelService.Contents;

/// <summary>
/// Opens a user's file for reading although the user's kernel works in the same folder and may have put anything there
/// since it was looked at: a link is not followed, a pipe does not block, and the file is the one at the path.
/// </summary>
internal static partial class CarefulFile
{
    private const int NoEntry = 2;
    private const int NoAccess = 13;
    private const int NotADirectory = 20;

    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="BadHttpRequestException">It is not a plain file of the workspace.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream OpenRead(string path)
    {
        var handle = OperatingSystem.IsWindows()
            ? File.OpenHandle(path, options: FileOptions.Asynchronous)
            : UserFiles.Do(path, () => OpenUnix(path));
        var file = new FileStream(handle, FileAccess.Read);
        if (!file.CanSeek || (OperatingSystem.IsLinux() && !IsAt(path, handle)))
        {
            file.Dispose();
            throw new BadHttpRequestException("Only plain files of the workspace are served.", StatusCodes.Status403Forbidden);
        }

        return file;
    }

    /// <summary>Whether no folder on the way was a link. A file that a save has just replaced is still the one that was asked for.</summary>
    private static bool IsAt(string path, SafeFileHandle handle)
    {
        var opened = File.ResolveLinkTarget($"/proc/self/fd/{handle.DangerousGetHandle()}", returnFinalTarget: false)?.FullName;
        return opened == path || opened == path + " (deleted)";
    }

    private static SafeFileHandle OpenUnix(string path)
    {
        // fcntl.h: O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, whose values differ by system and processor.
        var flags = OperatingSystem.IsMacOS() ? 0x4 | 0x1000000 | 0x100
            : 0x800 | 0x80000 | (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000);
        var descriptor = Open(path, flags);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        var error = Marshal.GetLastPInvokeError();
        throw error is NoEntry or NotADirectory
            ? new FileNotFoundException(Marshal.GetPInvokeErrorMessage(error))
            : error is NoAccess ? new UnauthorizedAccessException(Marshal.GetPInvokeErrorMessage(error))
            : new IOException(Marshal.GetPInvokeErrorMessage(error));
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);
}
