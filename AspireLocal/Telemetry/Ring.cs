namespace Lyceum.AspireLocal.Telemetry;

/// <summary>Keeps the last items that were added.</summary>
internal sealed class Ring<T>(int capacity)
{
    private readonly Queue<T> _items = new();

    public int Count => _items.Count;

    public void Add(T item)
    {
        _items.Enqueue(item);
        if (_items.Count > capacity)
        {
            _items.Dequeue();
        }
    }

    public IReadOnlyList<T> ToList() => [.. _items];
}
