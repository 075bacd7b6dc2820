using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lyceum.KernelService.Accounts;

/// <summary>Whose a file or folder is. No link is followed.</summary>
/// <param name="Owner">The account.</param>
/// <param name="Links">Under how many names it can be reached.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
internal sealed partial record Ownership(int Owner, int Links, bool IsDirectory)
{
    /// <summary>A folder that is its owner's alone.</summary>
    public const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>A folder of the service through which accounts get to what is theirs, and in which they see nothing.</summary>
    public const UnixFileMode Passage = OwnersAlone | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The error that nothing is there.</summary>
    public const int NoEntry = 2;

    /// <summary>What paths start from that do not start at a handle.</summary>
    public const int WorkingDirectory = -100;

    // fcntl.h and linux/stat.h.
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicFields = 0x7ff;
    private const int TypeMask = 0xf000;
    private const int DirectoryType = 0x4000;

    /// <summary>Whose the path is; null if nothing is there.</summary>
    /// <exception cref="IOException">The system does not say.</exception>
    public static Ownership? Of(string path)
    {
        if (Statx(WorkingDirectory, path, NoFollow, BasicFields, out var found) == 0)
        {
            return From(found);
        }

        return Marshal.GetLastPInvokeError() == NoEntry ? null : throw Failed(path);
    }

    /// <summary>Whose what was opened is.</summary>
    /// <exception cref="IOException">The system does not say.</exception>
    public static Ownership Of(SafeFileHandle opened) =>
        Statx((int)opened.DangerousGetHandle(), "", EmptyPath, BasicFields, out var found) == 0 ? From(found) : throw Failed("An open file");

    /// <summary>Gives the path to the account and the group of that number.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void Give(string path, int account)
    {
        if (ChangeOwner(WorkingDirectory, path, (uint)account, (uint)account, NoFollow) != 0)
        {
            throw Failed(path);
        }
    }

    /// <summary>Gives what was opened to the account and the group of that number.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void Give(SafeFileHandle opened, int account)
    {
        if (ChangeOwner((int)opened.DangerousGetHandle(), "", (uint)account, (uint)account, EmptyPath) != 0)
        {
            throw Failed("An open file");
        }
    }

    /// <summary>Says who may do what with a file or folder that is there.</summary>
    public static void Allow(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static Ownership From(StatxFields found) => new((int)found.User, (int)found.Links, (found.Mode & TypeMask) == DirectoryType);

    private static IOException Failed(string path) => new($"{path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint fields, out StatxFields found);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(int folder, string path, uint owner, uint group, int flags);

    /// <summary>The beginning of struct statx, which is the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxFields
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint User;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
