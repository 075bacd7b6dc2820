namespace Lyceum.AspireLocal.Tests;

/// <summary>A folder for one test, which PostgreSQL's user may pass through.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => File.SetUnixFileMode(
        Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

    public string Path { get; } = Directory.CreateTempSubdirectory("aspire-local-").FullName;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
