using System.ComponentModel;
using System.Runtime.InteropServices;

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

    private const int NoEntry = 2;

    // fcntl.h and linux/stat.h.
    private const int WorkingDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicFields = 0x7ff;
    private const int TypeMask = 0xf000;
    private const int DirectoryType = 0x4000;

    /// <summary>Whose the path is; null if nothing is there.</summary>
    /// <exception cref="IOException">The system does not say.</exception>
    public static Ownership? Of(string path)
    {
        if (Statx(WorkingDirectory, path, NoFollow, BasicFields, out var found) == 0)
        {
            return new Ownership((int)found.User, (int)found.Links, (found.Mode & TypeMask) == DirectoryType);
        }

        return Marshal.GetLastPInvokeError() == NoEntry ? null : throw Failed(path);
    }

    /// <summary>Gives the path to an account and a group.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void Give(string path, int owner, int group)
    {
        if (ChangeOwner(path, (uint)owner, (uint)group) != 0)
        {
            throw Failed(path);
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

    private static IOException Failed(string path) => new($"{path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint fields, out StatxFields found);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(string path, uint owner, uint group);

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
