using System.Diagnostics;
using Lyceum.ServiceDefaults.Discovery;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Nodes;

/// <summary>All nodes: asked for their health and models in the background, and at once when somebody needs news.</summary>
internal sealed partial class NodeFleet : BackgroundService
{
    /// <summary>How long a node is remembered that has left DNS: its drain, its failures, and what it still runs.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly NodeClient _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ILogger<NodeFleet> _logger;
    private readonly SemaphoreSlim _probing = new(1);
    private readonly Lock _changing = new();
    private readonly List<(ModelNode Node, long Since)> _gone = [];
    private volatile IReadOnlyList<ModelNode> _nodes;
    private long? _lastProbe;
    private long? _lastFullProbe;

    public NodeFleet(IOptions<NodesOptions> options, ServiceEndpoints endpoints, NodeClient client, TimeProvider time, ILogger<NodeFleet> logger)
    {
        _client = client;
        _time = time;
        _logger = logger;
        _interval = options.Value.Limits.Probe;
        NodeSettings[] entries = [.. options.Value.Nodes.Where(entry => !string.IsNullOrWhiteSpace(entry.Url))];
        IsConfigured = entries.Length > 0;
        _nodes = [.. entries
            .Where(entry => !entry.Dns)
            .SelectMany(entry => NodeAddresses.Of(entry, endpoints).Select(address => (address, entry)))
            .DistinctBy(pair => pair.address)
            .Select(pair => new ModelNode(pair.address, pair.entry, time))];
    }

    /// <summary>Whether there are nodes, or some are to be found.</summary>
    public bool IsConfigured { get; }

    /// <summary>The nodes at the moment. One that is gone from here ends what it runs.</summary>
    public IReadOnlyList<ModelNode> Nodes => _nodes;

    /// <summary>The models of all healthy nodes, each once, by name.</summary>
    public IEnumerable<NodeModel> Models => Nodes
        .Where(node => node.Healthy)
        .SelectMany(node => node.Models ?? [])
        .DistinctBy(model => model.Name, StringComparer.OrdinalIgnoreCase)
        .OrderBy(model => model.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Raised for each node that was asked, with the models that it has loaded (null when it did not say) and when it was asked.</summary>
    public event Action<ModelNode, IReadOnlyCollection<string>?, long>? Probed;

    /// <summary>Raised when nodes have come or gone.</summary>
    public event Action? Changed;

    /// <summary>A healthy node that has the model.</summary>
    public ModelNode? Having(string model) => Nodes.FirstOrDefault(node => node.Healthy && node.Has(model));

    /// <summary>Makes the nodes of one entry of the configuration those of these addresses; answers whether that changes anything.</summary>
    public bool Update(NodeSettings entry, IReadOnlyList<Uri> addresses)
    {
        lock (_changing)
        {
            var others = _nodes.Where(node => node.Settings != entry).ToArray();
            var before = _nodes.Where(node => node.Settings == entry).ToArray();
            var wanted = addresses.Where(address => others.All(node => node.Address != address)).ToArray();
            if (wanted.ToHashSet().SetEquals(before.Select(node => node.Address)))
            {
                return false;
            }

            ModelNode[] now = [.. wanted.Select(address => before.FirstOrDefault(node => node.Address == address) ?? Returned(entry, address) ?? new ModelNode(address, entry, _time))];
            _nodes = [.. others, .. now];
            foreach (var node in now.Except(before))
            {
                LogFound(_logger, node.Address);
            }

            foreach (var node in before.Except(now))
            {
                _gone.Add((node, _time.GetTimestamp()));
                LogGone(_logger, node.Address);
            }
        }

        Changed?.Invoke();
        return true;
    }

    private ModelNode? Returned(NodeSettings entry, Uri address)
    {
        _gone.RemoveAll(gone => _time.GetElapsedTime(gone.Since) > Remembered);
        var found = _gone.FindLast(gone => gone.Node.Settings == entry && gone.Node.Address == address).Node;
        _gone.RemoveAll(gone => gone.Node == found);
        return found;
    }

    /// <summary>Asks the nodes in parallel, unless that was done within the last second.</summary>
    /// <param name="away">Also those that are away: they may let the caller wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task RefreshAsync(bool away, CancellationToken cancellationToken) => RefreshAsync(away, force: false, cancellationToken);

    /// <summary>Asks the nodes in parallel; with <paramref name="force"/> even if that was done just now, because something has changed since.</summary>
    public async Task RefreshAsync(bool away, bool force, CancellationToken cancellationToken)
    {
        await _probing.WaitAsync(cancellationToken);
        try
        {
            if (!force && (away ? _lastFullProbe : _lastProbe) is { } last && _time.GetElapsedTime(last) < Fresh)
            {
                return;
            }

            var everyone = away || _lastFullProbe is null;
            await Task.WhenAll(Nodes.Where(node => everyone || node.Healthy).Select(node => ProbeAsync(node, cancellationToken)));
            _lastProbe = _time.GetTimestamp();
            _lastFullProbe = everyone ? _lastProbe : _lastFullProbe;
        }
        finally
        {
            _probing.Release();
        }
    }

    /// <summary>A request could not reach the node: it draws no more until it answers a probe.</summary>
    public void ReportFailure(ModelNode node, string reason)
    {
        if (node.Failed())
        {
            LogAway(_logger, node.Address, reason);
        }
    }

    public override void Dispose()
    {
        _probing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsConfigured)
        {
            LogBuiltIn(_logger);
            return;
        }

        using var timer = new PeriodicTimer(_interval, _time);
        do
        {
            // Looks at nodes would fill the traces: below an activity that is not recorded, none is.
            using var unrecorded = new Activity("probe");
            unrecorded.Start();
            await RefreshAsync(away: true, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ProbeAsync(ModelNode node, CancellationToken cancellationToken)
    {
        var asked = _time.GetTimestamp();
        var news = await NodeProbe.AskAsync(_client, node, cancellationToken);
        if (news.Failure is { } failure)
        {
            ReportFailure(node, failure);
        }
        else if (node.Answered(news.Models, news.Version))
        {
            LogBack(_logger, node.Address, news.Models.Count);
        }

        Probed?.Invoke(node, news.Loaded, asked);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "No model node is configured: the built-in hints serve. Set Nodes__0 to a node's URL to change that")]
    private static partial void LogBuiltIn(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} answers and has {Count} models")]
    private static partial void LogBack(ILogger logger, Uri node, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} is away: {Reason}")]
    private static partial void LogAway(ILogger logger, Uri node, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} was found in DNS")]
    private static partial void LogFound(ILogger logger, Uri node);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} is no longer in DNS: it gets nothing new and ends what it runs")]
    private static partial void LogGone(ILogger logger, Uri node);
}
