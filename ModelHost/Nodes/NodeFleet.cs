using System.Text.Json;
using Lyceum.ServiceDefaults.Discovery;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Nodes;

/// <summary>All nodes: asked for their health and models in the background, and at once when somebody needs news.</summary>
internal sealed partial class NodeFleet : BackgroundService
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly NodeClient _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ILogger<NodeFleet> _logger;
    private readonly SemaphoreSlim _probing = new(1);
    private long? _lastProbe;
    private long? _lastFullProbe;

    public NodeFleet(IOptions<NodesOptions> options, ServiceEndpoints endpoints, NodeClient client, TimeProvider time, ILogger<NodeFleet> logger)
    {
        _client = client;
        _time = time;
        _logger = logger;
        _interval = options.Value.Limits.Probe;
        Nodes = [.. options.Value.Nodes
            .Where(entry => !string.IsNullOrWhiteSpace(entry.Url))
            .SelectMany(entry => NodeAddresses.Of(entry.Url, endpoints).Select(address => (address, entry)))
            .DistinctBy(pair => pair.address)
            .Select(pair => new ModelNode(pair.address, pair.entry, time))];
    }

    public IReadOnlyList<ModelNode> Nodes { get; }

    /// <summary>The models of all healthy nodes, each once, by name.</summary>
    public IEnumerable<NodeModel> Models => Nodes
        .Where(node => node.Healthy)
        .SelectMany(node => node.Models ?? [])
        .DistinctBy(model => model.Name, StringComparer.OrdinalIgnoreCase)
        .OrderBy(model => model.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Raised for each node that was asked, with the models that it has loaded (null when it did not say) and when it was asked.</summary>
    public event Action<ModelNode, IReadOnlyCollection<string>?, long>? Probed;

    /// <summary>A healthy node that has the model.</summary>
    public ModelNode? Having(string model) => Nodes.FirstOrDefault(node => node.Healthy && node.Has(model));

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
        if (Nodes.Count == 0)
        {
            LogBuiltIn(_logger);
            return;
        }

        using var timer = new PeriodicTimer(_interval, _time);
        do
        {
            await RefreshAsync(away: true, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ProbeAsync(ModelNode node, CancellationToken cancellationToken)
    {
        var asked = 0L;
        IReadOnlyCollection<string>? loaded = null;
        if (await _client.TryGetAsync(node, "api/version", cancellationToken) is not { } about)
        {
            ReportFailure(node, "no answer to /api/version");
        }
        else if (await _client.TryGetAsync(node, "api/tags", cancellationToken) is not { } tags || NodeModel.ReadList(tags) is not { } models)
        {
            ReportFailure(node, "no list of models from /api/tags");
        }
        else
        {
            asked = _time.GetTimestamp();
            loaded = await _client.TryGetAsync(node, "api/ps", cancellationToken) is { } running ? NodeModel.ReadList(running)?.Select(model => model.Name).ToArray() : null;
            if (node.Answered(models, Version(about)))
            {
                LogBack(_logger, node.Address, models.Count);
            }
        }

        Probed?.Invoke(node, loaded, asked);
    }

    private static string? Version(JsonElement about) =>
        about.ValueKind == JsonValueKind.Object && about.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.String
            ? version.GetString()
            : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "No model node is configured: the built-in hints serve. Set Nodes__0 to a node's URL to change that")]
    private static partial void LogBuiltIn(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} answers and has {Count} models")]
    private static partial void LogBack(ILogger logger, Uri node, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} is away: {Reason}")]
    private static partial void LogAway(ILogger logger, Uri node, string reason);
}
