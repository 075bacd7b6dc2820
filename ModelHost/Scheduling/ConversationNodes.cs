using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Scheduling;

/// <summary>Where conversations ran last, for the most recent ones. Under the scheduler's lock.</summary>
internal sealed class ConversationNodes
{
    private const int Kept = 10_000;
    private readonly Dictionary<ulong, LinkedListNode<(ulong Key, ModelNode Node)>> _known = [];
    private readonly LinkedList<(ulong Key, ModelNode Node)> _recent = [];

    public ModelNode? Of(ulong? conversation) =>
        conversation is { } key && _known.TryGetValue(key, out var found) ? found.Value.Node : null;

    public void Remember(ulong conversation, ModelNode node)
    {
        if (_known.Remove(conversation, out var before))
        {
            _recent.Remove(before);
        }
        else if (_recent.Count == Kept)
        {
            _known.Remove(_recent.First!.Value.Key);
            _recent.RemoveFirst();
        }

        _known[conversation] = _recent.AddLast((conversation, node));
    }
}
