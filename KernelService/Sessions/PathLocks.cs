namespace Lyceum.KernelService.Sessions;

/// <summary>Lets those who open one document at once in one after the other, so that they get one session.</summary>
internal sealed class PathLocks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Owner, string Path), (SemaphoreSlim Door, int Waiting)> _doors = [];

    /// <summary>Waits for its turn, which disposing of the answer ends.</summary>
    public async Task<IDisposable> EnterAsync(string owner, string path, CancellationToken cancellationToken)
    {
        var key = (owner, path);
        SemaphoreSlim door;
        lock (_gate)
        {
            (door, var waiting) = _doors.TryGetValue(key, out var known) ? known : (new SemaphoreSlim(1, 1), 0);
            _doors[key] = (door, waiting + 1);
        }

        try
        {
            await door.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(key);
            throw;
        }

        return new Turn(this, key, door);
    }

    private void Leave((string Owner, string Path) key)
    {
        lock (_gate)
        {
            var (door, waiting) = _doors[key];
            if (waiting == 1)
            {
                _doors.Remove(key);
            }
            else
            {
                _doors[key] = (door, waiting - 1);
            }
        }
    }

    private sealed class Turn(PathLocks locks, (string Owner, string Path) key, SemaphoreSlim door) : IDisposable
    {
        public void Dispose()
        {
            door.Release();
            locks.Leave(key);
        }
    }
}
