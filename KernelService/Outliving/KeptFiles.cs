using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lyceum.KernelService.Accounts;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Outliving;

/// <summary>
/// The folder that outlives the service's process: a file for each kernel and each session, readable by this account alone,
/// for variables and keys are in them. Where kernels do not outlive the service, nothing is written.
/// </summary>
internal sealed partial class KeptFiles(IOptions<OutlivingOptions> options, UserAccounts accounts, TimeProvider time, ILogger<KeptFiles> logger) : IDisposable
{
    public const string Kernels = "kernel";
    public const string Sessions = "session";

    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;
    private const long MaxFileBytes = 1024 * 1024;
    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(100);

    private FileStream? _lock;

    /// <summary>Whether kernels outlive this process.</summary>
    public bool IsEnabled => options.Value.Enabled;

    /// <summary>The folder, absolute; null where none is configured.</summary>
    public string? Folder => options.Value.Folder is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>Takes the folder for this process; waits a while for one that is just ending to let go of it.</summary>
    /// <exception cref="InvalidOperationException">Another process has it.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (Folder is not { } folder || (!IsEnabled && !Directory.Exists(folder)))
        {
            return;
        }

        MakeFolder(folder);
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                var path = Path.Combine(folder, "lock");
                _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                // Who can open a file can lock it, and accounts pass through here.
                Ownership.Allow(path, OwnersFile);
                return;
            }
            catch (IOException exception)
            {
                if (time.GetElapsedTime(since) > LockTime)
                {
                    throw new InvalidOperationException($"Kernels:Outliving:Folder is {folder}, which another process uses: give each service a folder of its own.", exception);
                }
            }

            await Task.Delay(LockPause, time, cancellationToken);
        }
    }

    /// <summary>Writes a file anew, whole or not at all.</summary>
    public void Save<T>(string kind, string id, T value, JsonTypeInfo<T> type)
    {
        if (!IsEnabled)
        {
            return;
        }

        var path = PathOf(kind, id);
        var draft = path + ".draft";
        File.Delete(draft);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = OwnersFile;
        }

        using (var file = new FileStream(draft, create))
        {
            JsonSerializer.Serialize(file, value, type);
        }

        File.Move(draft, path, overwrite: true);
    }

    public void Forget(string kind, string id)
    {
        if (_lock is not null)
        {
            File.Delete(PathOf(kind, id));
        }
    }

    /// <summary>What the last process left. A file that cannot be read is removed.</summary>
    public IReadOnlyList<T> Load<T>(string kind, JsonTypeInfo<T> type)
        where T : class
    {
        var found = new List<T>();
        foreach (var path in _lock is null ? [] : Directory.GetFiles(Folder!, $"{kind}-*.kept"))
        {
            if (Read(path, type) is { } value)
            {
                found.Add(value);
            }
            else
            {
                File.Delete(path);
            }
        }

        return found;
    }

    public void Dispose() => _lock?.Dispose();

    private void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnersFolder);
            File.SetUnixFileMode(folder, accounts.AreOn ? Ownership.Passage : OwnersFolder);
        }
    }

    private T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.Length <= MaxFileBytes ? JsonSerializer.Deserialize(file, type) : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            LogUnreadable(logger, path, exception.Message);
            return null;
        }
    }

    private string PathOf(string kind, string id) => Path.Combine(Folder!, $"{kind}-{id}.kept");

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} cannot be read and is removed: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);
}
