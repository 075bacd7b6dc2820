using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Scheduling;
using Lyceum.ModelHost.Usage;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>A client's request on its way over one or more nodes.</summary>
internal sealed class ModelRun
{
    private readonly HashSet<ModelNode> _failed = [];
    private int _pieces;

    public ModelRun(HttpContext context, ModelOperation operation, ModelRequest request, string model, RequestTraits traits)
    {
        Context = context;
        Operation = operation;
        Asked = Request = request;
        Traits = traits;
        Scheduled = context.ToRun(operation, model, traits);
        Deadline = SchedulingHosting.DeadlineOf(context.Request);
        Answer = new ClientAnswer(context, operation.Shape, traits.IsStream);
        Text = traits.MayContinue ? new SentText(operation) : null;
    }

    public HttpContext Context { get; }

    public ModelOperation Operation { get; }

    /// <summary>As the client sent it.</summary>
    public ModelRequest Asked { get; }

    /// <summary>As the next node gets it.</summary>
    public ModelRequest Request { get; private set; }

    public RequestTraits Traits { get; }

    public RunRequest Scheduled { get; }

    public TimeSpan? Deadline { get; }

    public ClientAnswer Answer { get; }

    /// <summary>The text that the client has; null where it would be of no use.</summary>
    public SentText? Text { get; }

    /// <summary>What it is charged; null for what costs nothing.</summary>
    public QuotaHold? Hold { get; init; }

    public IReadOnlyCollection<ModelNode> Failed => _failed;

    public NodeFailure LastFailure { get; private set; }

    /// <summary>Whether a node's bytes have gone to the client.</summary>
    public bool HasSent { get; private set; }

    public bool IsMidLine { get; private set; }

    /// <summary>Whether a node has been given a second chance.</summary>
    public bool IsRepeated { get; private set; }

    public void Fail(ModelNode node, NodeFailure failure)
    {
        _failed.Add(node);
        LastFailure = failure;
    }

    /// <summary>Once the client has text, leaves out nodes that cannot go on from it.</summary>
    public void AvoidAfterStart(IReadOnlyList<ModelNode> nodes)
    {
        if (HasSent && Text is { Length: > 0 })
        {
            _failed.UnionWith(nodes.Where(node => !node.MayContinue));
        }
    }

    public void Repeat(ModelNode node)
    {
        IsRepeated = true;
        _failed.Remove(node);
    }

    public void Sent(StreamRelay relay)
    {
        HasSent = true;
        IsMidLine = relay.IsMidLine;
        _pieces += relay.Pieces;
    }

    /// <summary>Lets the next node go on from what the client has; false when that cannot be.</summary>
    public bool TryContinue()
    {
        if (Text is not { IsWhole: true } text || IsMidLine)
        {
            return false;
        }

        Request = text.Length == 0 ? Asked : Continuation.Of(Asked, Operation, text.ToString(), _pieces);
        Request.KeepAlive = Asked.KeepAlive;
        Answer.CloseEvent();
        return true;
    }
}
