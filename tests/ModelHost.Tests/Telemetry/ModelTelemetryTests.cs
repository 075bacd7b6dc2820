using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Lyceum.ModelHost.Tests.Telemetry;

public sealed class ModelTelemetryTests
{
    private const string Secret = "what the student wrote";

    [Fact]
    public async Task A_run_is_traced_and_measured_by_the_genai_conventions_without_its_text()
    {
        ConcurrentQueue<Activity> spans = new();
        ConcurrentQueue<(string Name, string Tags)> figures = new();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Lyceum.ModelHost",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(traces);
        using var metrics = new MeterListener { InstrumentPublished = (instrument, listener) => Enable(instrument, listener) };
        metrics.SetMeasurementEventCallback<double>((instrument, _, tags, _) => figures.Enqueue((instrument.Name, Join(tags))));
        metrics.SetMeasurementEventCallback<int>((instrument, _, tags, _) => figures.Enqueue((instrument.Name, Join(tags))));
        metrics.Start();

        const string Answer = """{"message":{"content":"x"},"done":true,"prompt_eval_count":7,"eval_count":3}""" + "\n";
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Answer), "measured:latest");
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using var response = await host.PostAsync("/api/chat", new { model = "measured", messages = new[] { new { role = "user", content = Secret } } });
        await response.Content.ReadAsStringAsync();

        var span = Assert.Single(spans, span => Equals(span.GetTagItem("gen_ai.request.model"), "measured"));
        Assert.Equal("chat measured", span.DisplayName);
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal("chat", span.GetTagItem("gen_ai.operation.name"));
        Assert.Equal(node.Address.Port, span.GetTagItem("server.port"));
        Assert.Equal(7, span.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(3, span.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value?.ToString()?.Contains(Secret, StringComparison.Ordinal) is true);
        var measured = figures.Where(figure => figure.Tags.Contains("measured", StringComparison.Ordinal)).Select(figure => figure.Name);
        Assert.Equal(
            [
                "gen_ai.client.token.usage", "gen_ai.client.token.usage", "gen_ai.server.request.duration", "gen_ai.server.time_per_output_token",
                "gen_ai.server.time_to_first_token", "lyceum.model.load.duration", "lyceum.model.queue.duration",
            ],
            measured.Order(StringComparer.Ordinal));

        metrics.RecordObservableInstruments();
        var ofNode = figures.Where(figure => figure.Tags.Contains($"server.port={node.Address.Port}", StringComparison.Ordinal) && figure.Name.StartsWith("lyceum.model.node", StringComparison.Ordinal));
        Assert.Equal(["lyceum.model.node.models", "lyceum.model.node.requests", "lyceum.model.node.up"], ofNode.Select(figure => figure.Name).Order(StringComparer.Ordinal));
        Assert.Contains(figures, figure => figure.Name == "lyceum.model.queue.length");
    }

    [Fact]
    public async Task Who_asks_for_it_has_the_text_in_traces()
    {
        ConcurrentQueue<Activity> spans = new();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Lyceum.ModelHost",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(traces);
        const string Answer = """{"message":{"content":"a hint"},"done":true,"prompt_eval_count":7,"eval_count":3}""" + "\n";
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Answer), "captured:latest");
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0:Url", node.Address.ToString()), ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true"));
        using var response = await host.PostAsync("/api/chat", new { model = "captured", messages = new[] { new { role = "user", content = Secret } } });
        await response.Content.ReadAsStringAsync();

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Activity? span;
        while ((span = spans.SingleOrDefault(span => Equals(span.GetTagItem("gen_ai.request.model"), "captured"))) is null)
        {
            await Task.Delay(20, limit.Token);
        }

        Assert.Contains(Secret, (string?)span.GetTagItem("lyceum.model.request.body"), StringComparison.Ordinal);
        Assert.Equal("a hint", span.GetTagItem("lyceum.model.answer.text"));
    }

    private static void Enable(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == "Lyceum.ModelHost")
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private static string Join(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
}
