namespace Lyceum.AppHost;

/// <summary>The folder of what must survive a restart: the database's cluster, the kept secrets, the notebooks.</summary>
internal static class DataFolder
{
    private const string ForRoot = "/var/lib/lyceum";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // PostgreSQL does not run as root; the user that it runs as instead has to pass through.
    private const UnixFileMode Passable = Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static string Open(string? configured)
    {
        var folder = string.IsNullOrWhiteSpace(configured) ? Default() : Path.GetFullPath(configured);
        try
        {
            Create(folder, Environment.IsPrivilegedProcess ? Passable : Private);
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException(
                $"The data folder {folder} cannot be used: {exception.Message} Choose another one with LYCEUM_DATA.", exception);
        }
    }

    /// <summary>A folder inside that nobody else may look into.</summary>
    public static string OpenPrivate(string data, string name)
    {
        var folder = Path.Combine(data, name);
        Create(folder, Private);
        return folder;
    }

    private static void Create(string folder, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, mode);
        File.SetUnixFileMode(folder, mode);
    }

    private static string Default()
    {
        var ofUser = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "lyceum");
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess || OthersMayPass(ofUser))
        {
            return ofUser;
        }

        Console.WriteLine($"Data is kept in {ForRoot}: PostgreSQL does not run as root, and {ofUser} is closed to other users. LYCEUM_DATA chooses another folder.");
        return ForRoot;
    }

    private static bool OthersMayPass(string folder)
    {
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (!OperatingSystem.IsWindows() && Directory.Exists(parent) && !File.GetUnixFileMode(parent).HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }
}
