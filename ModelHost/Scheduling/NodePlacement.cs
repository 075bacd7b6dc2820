using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Scheduling;

/// <summary>
/// Chooses the node for a request: one that has the model loaded with the same options; among these the one where the conversation
/// ran last, whose cache holds its beginning; else the one with the least outstanding work for its weight. Where none has it loaded,
/// one begins to load it: one node at a time for a model, one model at a time on a node.
/// </summary>
internal static class NodePlacement
{
    /// <param name="request">What is to run.</param>
    /// <param name="able">The nodes that may take it now or later.</param>
    /// <param name="last">Where the conversation ran last.</param>
    /// <param name="turn">Decides among equals, in turn.</param>
    /// <returns>A node with a free place, and whether it must load the model; null to wait.</returns>
    public static (ModelNode Node, bool IsCold)? Choose(RunRequest request, IReadOnlyList<ModelNode> able, ModelNode? last, int turn)
    {
        ModelNode? warm = null;
        ModelNode? cold = null;
        var isLoading = false;
        for (var i = 0; i < able.Count; i++)
        {
            var node = able[(i + turn) % able.Count];
            isLoading |= node.Work.Loading is { } loading && ModelName.Same(loading, request.Model);
            if (node.Work.Running >= node.Parallel || node.Breaker.State is not (BreakerState.Closed or BreakerState.MayTry))
            {
                continue;
            }

            if (!node.Work.IsWarm(request))
            {
                cold = node.Work.Loading is null && (cold is null || Compare(node, cold, request) < 0) ? node : cold;
            }
            else if (node == last)
            {
                return (node, false);
            }
            else if (warm is null || Compare(node, warm, request) < 0)
            {
                warm = node;
            }
        }

        return warm is not null ? (warm, false) : cold is not null && !isLoading ? (cold, true) : null;
    }

    /// <summary>Negative when the left one is the better place.</summary>
    private static int Compare(ModelNode left, ModelNode right, RunRequest request)
    {
        // A node that has just come back from failing is tried when no sound one has a place.
        var soundness = left.Breaker.State.CompareTo(right.Breaker.State);
        var otherwise = left.Work.IsBusyOtherwise(request).CompareTo(right.Work.IsBusyOtherwise(request));
        var work = (left.Work.Outstanding / left.Weight).CompareTo(right.Work.Outstanding / right.Weight);
        return soundness != 0 ? soundness
            : otherwise != 0 ? otherwise
            : work != 0 ? work
            : left.Work.IsWarm(request) ? 0
            : left.Work.LoadedModels.CompareTo(right.Work.LoadedModels);
    }
}
