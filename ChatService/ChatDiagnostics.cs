using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Lyceum.ChatService;

/// <summary>The service's own traces.</summary>
internal static class ChatDiagnostics
{
    public const string Name = "Lyceum.ChatService";

    public static readonly ActivitySource Source = new(Name);
}

/// <summary>The service's own metrics; names that start with <c>gen_ai</c> are OpenTelemetry's.</summary>
internal sealed class ChatMetrics
{
    private readonly Counter<long> _turns;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<long> _tokens;

    public ChatMetrics(IMeterFactory meters)
    {
#pragma warning disable CA2000 // The factory disposes its meters.
        var meter = meters.Create(ChatDiagnostics.Name);
#pragma warning restore CA2000
        _turns = meter.CreateCounter<long>("lyceum.chat.turns", "{turn}", "Turns that ended, by outcome.");
        _duration = meter.CreateHistogram<double>("gen_ai.client.operation.duration", "s", "How long a model's answer took.");
        _firstToken = meter.CreateHistogram<double>("lyceum.chat.first_token", "s", "How long a student waited for the first word.");
        _tokens = meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}", "Tokens that a model read and wrote.");
    }

    public void TurnEnded(string outcome) => _turns.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Answered(string? model, TimeSpan time) => _duration.Record(time.TotalSeconds, Model(model), new("gen_ai.operation.name", "chat"));

    public void FirstToken(string? model, TimeSpan time) => _firstToken.Record(time.TotalSeconds, Model(model));

    public void Tokens(string? model, long? input, long? output)
    {
        Record(input, "input");
        Record(output, "output");

        void Record(long? count, string type)
        {
            if (count is { } value)
            {
                _tokens.Record(value, Model(model), new("gen_ai.token.type", type));
            }
        }
    }

    private static KeyValuePair<string, object?> Model(string? model) => new("gen_ai.request.model", model);
}
