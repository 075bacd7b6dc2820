using System.Globalization;
using Lyceum.ServiceDefaults.Sealing;

namespace Lyceum.ServiceDefaults.LearningEvents;

/// <summary>
/// Batches of events that wait on disk, oldest first, sealed, in no more than so many bytes. A folder is one process's: others on the
/// machine take the next one, and who starts takes over what a process that is no more has left.
/// </summary>
internal sealed class Outbox : IDisposable
{
    private const int MaxProcesses = 64;
    private const string Waiting = "*.sealed";

    private readonly string _folder;
    private readonly FileStream _claim;
    private readonly Seal _seal;
    private readonly long _maxBytes;

    // A batch is sealed under its name, which has to stay its own when another process takes it over.
    private readonly string _origin = Guid.NewGuid().ToString("N")[..12];
    private readonly SortedList<string, long> _files = new(StringComparer.Ordinal);
    private long _bytes;
    private int _number;

    private Outbox(string folder, FileStream claim, Seal seal, long maxBytes) => (_folder, _claim, _seal, _maxBytes) = (folder, claim, seal, maxBytes);

    public bool IsEmpty => _files.Count == 0;

    /// <summary>Opens the first folder that nobody uses, with everything that waits in it and in others that nobody uses.</summary>
    /// <exception cref="IOException">The root cannot be written, or has too many users.</exception>
    public static Outbox Open(string root, Seal seal, long maxBytes)
    {
        Outbox? mine = null;
        for (var i = 0; i < MaxProcesses; i++)
        {
            var folder = Path.Combine(root, i.ToString(CultureInfo.InvariantCulture));
            if (mine is not null && !Directory.Exists(folder))
            {
                break;
            }

            Directory.CreateDirectory(folder);
#pragma warning disable CA2000 // Held by the outbox, or given back below.
            if (Claim(folder) is not { } claim)
            {
                continue;
            }
#pragma warning restore CA2000

            if (mine is null)
            {
                mine = new Outbox(folder, claim, seal, maxBytes);
                mine.TakeOver(folder);
            }
            else
            {
                mine.TakeOver(folder);
                claim.Dispose();
            }
        }

        return mine ?? throw new IOException($"{root} is used by {MaxProcesses} processes.");
    }

    /// <summary>Puts a batch at the end; false when there is no room for it.</summary>
    public bool TryAdd(DateTimeOffset now, ReadOnlySpan<byte> batch)
    {
        var name = NameAt($"{now.ToUnixTimeMilliseconds():D15}");
        if (!IsEmpty && string.CompareOrdinal(name, _files.GetKeyAtIndex(_files.Count - 1)) <= 0)
        {
            // The clock has been set back: order goes before time.
            name = NameAt(_files.GetKeyAtIndex(_files.Count - 1)[..15]);
        }

        var sealedBatch = _seal.Close(name, batch);
        if (_bytes + sealedBatch.Length > _maxBytes)
        {
            return false;
        }

        // Complete under its name, or not there.
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path + ".part", sealedBatch);
        File.Move(path + ".part", path);
        _files.Add(name, sealedBatch.Length);
        _bytes += sealedBatch.Length;
        return true;
    }

    /// <summary>The oldest batch; null when it can no longer be read. There must be one.</summary>
    public byte[]? ReadFirst()
    {
        var name = _files.GetKeyAtIndex(0);
        return _seal.Open(name, File.ReadAllBytes(Path.Combine(_folder, name)));
    }

    /// <summary>Forgets the oldest batch.</summary>
    public void RemoveFirst()
    {
        File.Delete(Path.Combine(_folder, _files.GetKeyAtIndex(0)));
        _bytes -= _files.GetValueAtIndex(0);
        _files.RemoveAt(0);
    }

    public void Dispose() => _claim.Dispose();

    private string NameAt(string time) => $"{time}-{_number++:D9}-{_origin}.sealed";

    private static FileStream? Claim(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "claim"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(Path.Combine(folder, "claim")))
        {
            return null;
        }
    }

    private void TakeOver(string folder)
    {
        foreach (var path in Directory.GetFiles(folder, Waiting))
        {
            var name = Path.GetFileName(path);
            if (folder != _folder && !_files.ContainsKey(name))
            {
                File.Move(path, Path.Combine(_folder, name));
            }

            if (_files.TryAdd(name, new FileInfo(Path.Combine(_folder, name)).Length))
            {
                _bytes += _files[name];
            }
        }
    }
}
