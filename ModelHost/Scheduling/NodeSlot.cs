using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Scheduling;

/// <summary>A place on a node for one request, until it is disposed.</summary>
internal sealed class NodeSlot(ModelScheduler scheduler, RunRequest request, ModelNode node, bool isCold) : IDisposable
{
    private bool _isLoading = isCold;
    private bool _isOver = request.IsLookup;

    public ModelNode Node { get; } = node;

    /// <summary>Whether the node had to load the model for it.</summary>
    public bool IsCold { get; } = isCold;

    /// <summary>How many tokens it took in the end; the estimate where nobody knows.</summary>
    public int? Tokens { get; set; }

    internal RunRequest Request { get; } = request;

    /// <summary>The model has given a sign of itself.</summary>
    public void Began()
    {
        if (!Request.IsLookup)
        {
            scheduler.Began(this, _isLoading);
            _isLoading = false;
        }
    }

    /// <summary>Gives the place back.</summary>
    public void Dispose()
    {
        if (!_isOver)
        {
            _isOver = true;
            scheduler.Ended(this, _isLoading);
        }
    }
}
