using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Scheduling;

namespace Lyceum.ModelHost.Telemetry;

/// <summary>
/// Traces and metrics by OpenTelemetry's semantic conventions for generative AI. No prompt and no answer is in them, unless the
/// conventions' switch <see cref="CaptureContent"/> asks for them in traces.
/// </summary>
internal sealed class ModelTelemetry : IDisposable
{
    public const string Name = "Lyceum.ModelHost";
    private const string CaptureContent = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";
    private const int MaxCaptured = 32 * 1024;

    // The boundaries that the conventions advise.
    private static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] };
    private static readonly InstrumentAdvice<double> FirstTokens = new() { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };
    private static readonly InstrumentAdvice<double> LaterTokens = new() { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5] };
    private static readonly InstrumentAdvice<int> Counts = new() { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864] };

    private readonly ActivitySource _source = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<int> _tokens;
    private readonly Histogram<double> _laterToken;
    private readonly Histogram<double> _queued;
    private readonly Histogram<double> _loads;
    private readonly TimeProvider _time;
    private readonly bool _capturesContent;

    public ModelTelemetry(IMeterFactory meters, ModelScheduler scheduler, IConfiguration configuration, TimeProvider time)
    {
        _time = time;
        _capturesContent = configuration.GetValue<bool>(CaptureContent);
#pragma warning disable CA2000 // The factory owns its meters.
        var meter = meters.Create(Name);
#pragma warning restore CA2000
        _duration = meter.CreateHistogram("gen_ai.server.request.duration", "s", "How long a model's whole answer took.", null, Durations);
        _firstToken = meter.CreateHistogram("gen_ai.server.time_to_first_token", "s", "How long the first part of a model's answer took.", null, FirstTokens);
        _laterToken = meter.CreateHistogram("gen_ai.server.time_per_output_token", "s", "How long each further token of a streamed answer took.", null, LaterTokens);
        _tokens = meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "How many tokens a request took.", null, Counts);
        _queued = meter.CreateHistogram("lyceum.model.queue.duration", "s", "How long a request waited for its turn.", null, Durations);
        _loads = meter.CreateHistogram("lyceum.model.load.duration", "s", "How long the first part of an answer took whose model had to be loaded.", null, Durations);
        meter.CreateObservableUpDownCounter("lyceum.model.queue.length", () => scheduler.Waiting, "{request}", "How many requests wait for their turn.");
        meter.CreateObservableUpDownCounter("lyceum.model.node.requests", () => Of(scheduler, node => node.Work.Running), "{request}", "How many requests a node works on.");
        meter.CreateObservableUpDownCounter("lyceum.model.node.models", () => Of(scheduler, node => node.Work.LoadedModels), "{model}", "How many models a node has loaded.");
        meter.CreateObservableUpDownCounter("lyceum.model.node.up", () => Of(scheduler, node => node.Healthy && node.Breaker.State != BreakerState.Open ? 1 : 0), "{node}", "Whether a node takes requests.");
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

    private static Measurement<int>[] Of(ModelScheduler scheduler, Func<ModelNode, int> value) => scheduler.Look(() => scheduler.Nodes
        .Select(node => new Measurement<int>(value(node), new("server.address", node.Address.Host), new("server.port", node.Address.Port)))
        .ToArray());

    /// <summary>One run of a model on one node.</summary>
    internal sealed class ModelRun(ModelTelemetry owner, Activity? activity, TagList tags) : IDisposable
    {
        private readonly long _began = owner._time.GetTimestamp();

        private TimeSpan _first;

        /// <summary>Notes what was asked, where that is wanted.</summary>
        public void Asked(ReadOnlySpan<byte> body)
        {
            if (owner._capturesContent)
            {
                activity?.SetTag("lyceum.model.request.body", Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxCaptured)]));
            }
        }

        /// <summary>Notes the text that was answered, as far as it was kept, where that is wanted.</summary>
        public void Answered(SentText? text)
        {
            if (owner._capturesContent && text?.ToString() is { Length: > 0 } answer)
            {
                activity?.SetTag("lyceum.model.answer.text", answer[..Math.Min(answer.Length, MaxCaptured)]);
            }
        }

        /// <param name="wasCold">Whether the model had to be loaded for it.</param>
        public void FirstToken(bool wasCold)
        {
            _first = owner._time.GetElapsedTime(_began);
            owner._firstToken.Record(_first.TotalSeconds, tags);
            if (wasCold)
            {
                owner._loads.Record(_first.TotalSeconds, tags);
            }
        }

        public void Used(TokenFigures figures, bool isStream)
        {
            if (isStream && figures.OutputTokens is > 1 and var tokens)
            {
                owner._laterToken.Record((owner._time.GetElapsedTime(_began) - _first).TotalSeconds / (tokens - 1), tags);
            }

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
