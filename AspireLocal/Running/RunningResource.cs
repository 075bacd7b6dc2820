using Aspire.Hosting.ApplicationModel;

namespace Lyceum.AspireLocal.Running;

/// <summary>An environment variable of a process.</summary>
internal sealed record Variable(string Name, string Value, bool IsSecret);

/// <summary>A link of a resource.</summary>
internal sealed record Link(string Text, string Url);

/// <summary>A resource while the application runs.</summary>
internal sealed class RunningResource(IResource resource, ConsoleLog console)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ResourceState _ownState = ResourceState.Waiting;
    private string? _ownReason;

    public IResource Resource { get; } = resource;

    public string Name => Resource.Name;

    public ConsoleLog Console { get; } = console;

    public IReadOnlyList<ProcessInstance> Instances { get; set; } = [];

    public IReadOnlyList<Link> Links { get; set; } = [];

    /// <summary>What its health checks last said; null where they have not spoken.</summary>
    public bool? IsHealthy { get; private set; }

    /// <summary>The state of the whole: that of the instance which is worst off.</summary>
    public ResourceState State => Instances.Count == 0 || Instances.Any(instance => instance.State == ResourceState.Waiting)
        ? _ownState
        : Worst().State;

    /// <summary>Why the state is what it is.</summary>
    public string? Reason => Instances.Count == 0 ? _ownReason : Worst().Reason ?? _ownReason;

    public int Restarts => Instances.Sum(instance => instance.Restarts);

    public DateTimeOffset? StartedAt => Instances.Min(instance => instance.StartedAt);

    /// <summary>Done once the resource is ready, and again after each failure.</summary>
    public Task Ready
    {
        get
        {
            lock (_lock)
            {
                return _ready.Task;
            }
        }
    }

    public bool IsReady => Ready.IsCompleted;

    public void Become(ResourceState state, string? reason)
    {
        _ownState = state;
        _ownReason = reason;
    }

    /// <summary>Takes the result of the health checks.</summary>
    /// <returns>Whether the resource has become ready by it.</returns>
    public bool Report(bool healthy, string? reason)
    {
        lock (_lock)
        {
            IsHealthy = healthy;
            _ownReason = healthy ? null : reason;
            if (!healthy)
            {
                if (_ready.Task.IsCompleted)
                {
                    _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                return false;
            }

            return _ready.TrySetResult();
        }
    }

    private ProcessInstance Worst() => Instances.MaxBy(instance => instance.State switch
    {
        ResourceState.Exited or ResourceState.FailedToStart => 4,
        ResourceState.Restarting => 3,
        ResourceState.Starting => 2,
        ResourceState.Running => 1,
        _ => 0,
    })!;
}
