using System.Diagnostics;
using System.Diagnostics.Metrics;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Telemetry;

/// <summary>
/// Traces and metrics by OpenTelemetry's semantic conventions for generative AI. No prompt and no answer is in them.
/// </summary>
internal sealed class ModelTelemetry : IDisposable
{
    public const string Name = "Lyceum.ModelHost";

    private readonly ActivitySource _source = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<int> _tokens;
    private readonly Histogram<double> _queued;
    private readonly TimeProvider _time;

    public ModelTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
#pragma warning disable CA2000 // The factory owns its meters.
        var meter = meters.Create(Name);
#pragma warning restore CA2000
        _duration = meter.CreateHistogram<double>("gen_ai.server.request.duration", "s", "How long a model's whole answer took.");
        _firstToken = meter.CreateHistogram<double>("gen_ai.server.time_to_first_token", "s", "How long the first part of a model's answer took.");
        _tokens = meter.CreateHistogram<int>("gen_ai.client.token.usage", "{token}", "How many tokens a request took.");
        _queued = meter.CreateHistogram<double>("lyceum.model.queue.duration", "s", "How long a request waited for its turn.");
    }

    public void Queued(string model, TimeSpan waited) => _queued.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("gen_ai.request.model", model));

    /// <summary>Begins one run of a model; the result must be disposed.</summary>
    /// <param name="operation">What is asked of it.</param>
    /// <param name="asked">The name that the client gave.</param>
    /// <param name="model">The model that runs.</param>
    /// <param name="node">Where; null for the built-in model.</param>
    public ModelRun Begin(ModelOperation operation, string asked, string model, ModelNode? node)
    {
        TagList tags = new()
        {
            { "gen_ai.operation.name", operation.Name },
            { "gen_ai.provider.name", node is null ? "lyceum" : node.Kind is NodeKind.OpenAi ? "openai" : "ollama" },
            { "gen_ai.request.model", asked },
            { "gen_ai.response.model", model },
        };
        if (node is not null)
        {
            tags.Add("server.address", node.Address.Host);
            tags.Add("server.port", node.Address.Port);
        }

        var activity = _source.StartActivity($"{operation.Name} {model}", ActivityKind.Client);
        foreach (var (key, value) in tags)
        {
            activity?.SetTag(key, value);
        }

        return new ModelRun(this, activity, tags);
    }

    public void Dispose() => _source.Dispose();

    /// <summary>One run of a model on one node.</summary>
    internal sealed class ModelRun(ModelTelemetry owner, Activity? activity, TagList tags) : IDisposable
    {
        private readonly long _began = owner._time.GetTimestamp();

        public void FirstToken() => owner._firstToken.Record(owner._time.GetElapsedTime(_began).TotalSeconds, tags);

        public void Used(TokenFigures figures)
        {
            Used("input", figures.InputTokens);
            Used("output", figures.OutputTokens);
        }

        public void Failed(string reason)
        {
            activity?.SetStatus(ActivityStatusCode.Error, reason);
            activity?.SetTag("error.type", reason);
            tags.Add("error.type", reason);
        }

        public void Dispose()
        {
            owner._duration.Record(owner._time.GetElapsedTime(_began).TotalSeconds, tags);
            activity?.Dispose();
        }

        private void Used(string type, int? count)
        {
            if (count is not { } value)
            {
                return;
            }

            activity?.SetTag($"gen_ai.usage.{type}_tokens", value);
            var typed = tags;
            typed.Add("gen_ai.token.type", type);
            owner._tokens.Record(value, typed);
        }
    }
}
