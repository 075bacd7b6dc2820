namespace Lyceum.KernelService.WarmKernels;

/// <summary>The kernels of one kernelspec that wait, oldest first, and the places that are to be filled.</summary>
internal sealed class Shelf(int size)
{
    private readonly Lock _gate = new();
    private readonly List<WarmKernel> _waiting = [];
    private readonly SemaphoreSlim _places = new(size);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Waits until a kernel is missing; whoever asked is to bring one, or to say that one is still needed.</summary>
    public Task NeedsOneAsync(CancellationToken cancellationToken) => _places.WaitAsync(cancellationToken);

    public void StillNeedsOne() => _places.Release();

    public void Put(WarmKernel warm)
    {
        lock (_gate)
        {
            _waiting.Add(warm);
        }
    }

    /// <summary>The oldest, if it is wanted; they are all alike.</summary>
    public WarmKernel? Take(Func<WarmKernel, bool> isWanted)
    {
        WarmKernel? first;
        lock (_gate)
        {
            first = _waiting.FirstOrDefault();
            if (first is null || !isWanted(first))
            {
                return null;
            }

            _waiting.RemoveAt(0);
        }

        _places.Release();
        return first;
    }

    /// <summary>Whether the kernel was still here.</summary>
    public bool Remove(WarmKernel warm)
    {
        lock (_gate)
        {
            return _waiting.Remove(warm);
        }
    }

    public IReadOnlyList<WarmKernel> Clear()
    {
        lock (_gate)
        {
            IReadOnlyList<WarmKernel> left = [.. _waiting];
            _waiting.Clear();
            return left;
        }
    }
}
