using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Lyceum.AspireLocal.Tests.Dashboard;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_trace_over_two_services_is_one_waterfall()
    {
        await using var app = await TestApplication.StartAsync(TestApplication.NewBuilder());
        await app.SignInAsync();
        using var front = new ActivitySource($"front-{Guid.NewGuid():N}");
        using var back = new ActivitySource($"back-{Guid.NewGuid():N}");
        string trace;
        using (Tracer("front", front, app))
        using (Tracer("back", back, app))
        {
            using var outer = front.StartActivity("ask", ActivityKind.Client)!;
            using var inner = back.StartActivity("answer", ActivityKind.Server, outer.Context)!;
            inner.SetTag("question", "why <b>?");
            inner.SetStatus(ActivityStatusCode.Error, "no idea");
            trace = outer.TraceId.ToHexString();
        }

        var list = await app.Dashboard.GetStringAsync("/traces");
        var page = await app.Dashboard.GetStringAsync($"/traces/{trace}");

        Assert.Contains($"/traces/{trace}", list, StringComparison.Ordinal);
        Assert.Contains("front: ask", page, StringComparison.Ordinal);
        Assert.True(
            page.IndexOf("depth-0", StringComparison.Ordinal) < page.IndexOf("depth-1", StringComparison.Ordinal),
            "the answer is below the question");
        Assert.Contains("no idea", page, StringComparison.Ordinal);
        Assert.Contains("why &lt;b&gt;?", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_are_filtered_by_resource_level_and_text()
    {
        await using var app = await TestApplication.StartAsync(TestApplication.NewBuilder());
        await app.SignInAsync();
        using (var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options => options
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("notes"))
            .AddOtlpExporter(exporter => Point(exporter, app, "logs")))))
        {
            var logger = loggers.CreateLogger("Sample.Category");
            logger.LogInformation("{Student} opened {Notebook}", "s1", "intro.ipynb");
            logger.LogWarning("disk is {Percent} % full", 91);
        }

        var all = await app.Dashboard.GetStringAsync("/logs");
        var warnings = await app.Dashboard.GetStringAsync("/logs?resource=notes&level=Warning");
        var found = await app.Dashboard.GetStringAsync("/logs?text=INTRO");
        var other = await app.Dashboard.GetStringAsync("/logs?resource=somebody-else");

        Assert.Contains("s1 opened intro.ipynb", all, StringComparison.Ordinal);
        Assert.Contains("disk is 91 % full", all, StringComparison.Ordinal);
        Assert.Contains("disk is 91 % full", warnings, StringComparison.Ordinal);
        Assert.DoesNotContain("intro.ipynb", warnings, StringComparison.Ordinal);
        Assert.Contains("s1 opened intro.ipynb", found, StringComparison.Ordinal);
        Assert.DoesNotContain("91 % full", found, StringComparison.Ordinal);
        Assert.Contains("No entry matches", other, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_drawn_for_their_resource()
    {
        await using var app = await TestApplication.StartAsync(TestApplication.NewBuilder());
        await app.SignInAsync();
        using var meter = new Meter($"meter-{Guid.NewGuid():N}");
        var started = meter.CreateCounter<long>("kernels.started", "{kernel}", "Kernels started so far");
        var took = meter.CreateHistogram<double>("kernels.start.duration", "s");
        using (Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("kernels"))
            .AddMeter(meter.Name)
            .AddOtlpExporter((exporter, _) => Point(exporter, app, "metrics"))
            .Build())
        {
            started.Add(5, new KeyValuePair<string, object?>("language", "csharp"));
            took.Record(1);
            took.Record(2);
        }

        var counter = await app.Dashboard.GetStringAsync("/metrics?resource=kernels&metric=kernels.started");
        var histogram = await app.Dashboard.GetStringAsync("/metrics?resource=kernels&metric=kernels.start.duration");

        Assert.Contains("Kernels started so far", counter, StringComparison.Ordinal);
        Assert.Contains("language=csharp", counter, StringComparison.Ordinal);
        Assert.Contains("<strong>5 {kernel}</strong>", counter, StringComparison.Ordinal);
        Assert.Contains("<polyline", counter, StringComparison.Ordinal);
        Assert.Contains("<strong>1.5 s</strong>", histogram, StringComparison.Ordinal);
    }

    private static TracerProvider Tracer(string service, ActivitySource source, TestApplication app) => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(service))
        .SetSampler(new AlwaysOnSampler())
        .AddSource(source.Name)
        .AddOtlpExporter(exporter => Point(exporter, app, "traces"))
        .Build();

    private static void Point(OtlpExporterOptions exporter, TestApplication app, string signal)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri($"{app.Server.Url}/v1/{signal}");
        exporter.Headers = $"x-otlp-api-key={app.Server.OtlpKey}";
    }
}
