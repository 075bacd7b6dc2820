namespace Lyceum.KernelService.Accounts;

/// <summary>
/// Work with the files of a workspace in the name of its user's account, which a request has throughout. The user's kernels work in the
/// same folder and may put anything there at any moment, and the service is root.
/// </summary>
internal static class UserFiles
{
    private static readonly AsyncLocal<Workspaces.Workspace?> Current = new();

    /// <summary>Has all that comes of the work be done so.</summary>
    public static async ValueTask<T> WorkInAsync<T>(Workspaces.Workspace workspace, Func<ValueTask<T>> work)
    {
        // Is undone where this returns.
        Current.Value = workspace;
        return await work();
    }

    /// <summary>Does something with what is at the path: in the workspace as its user, elsewhere (in the folder of a course) as the service.</summary>
    public static T Do<T>(string path, Func<T> work) => AccountFor(path) is { } account ? account.Do(work) : work();

    public static void Do(string path, Action work) => Do(path, () =>
    {
        work();
        return true;
    });

    public static void CreateDirectory(string path) => Do(path, () => Directory.CreateDirectory(path));

    public static void Delete(string path) => Do(path, () => File.Delete(path));

    public static void Move(string from, string to, bool overwrite = false) => Do(OfUser(from, to), () => File.Move(from, to, overwrite));

    public static void MoveDirectory(string from, string to) => Do(OfUser(from, to), () => Directory.Move(from, to));

    private static string OfUser(string from, string to) => AccountFor(from) is null ? to : from;

    private static UserAccount? AccountFor(string path) => Current.Value is { Account: { } account } workspace && IsIn(path, workspace.Folder) ? account : null;

    private static bool IsIn(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == Path.DirectorySeparatorChar);
}
