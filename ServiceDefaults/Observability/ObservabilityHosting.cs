using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Lyceum.ServiceDefaults.Observability;

internal static class ObservabilityHosting
{
    private const string OurSources = "Lyceum.*";

    /// <summary>
    /// Sends traces, metrics and logs to <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> where that is set. The exporter reads the other
    /// <c>OTEL_*</c> variables itself. OpenTelemetry.Extensions.Hosting is not used: see docs/decisions.
    /// </summary>
    public static void AddObservability(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        // Off by default, this puts method, path and status on the server's spans.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
            logging.SetResourceBuilder(Resource(builder.Environment)).AddOtlpExporter();
        });
        builder.Services.AddSingleton<TracerProvider>(_ => Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Resource(builder.Environment))
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "Yarp.ReverseProxy", OurSources)
            .AddProcessor(new ProbeFilter())
            .AddOtlpExporter()
            .Build());
        builder.Services.AddSingleton<MeterProvider>(_ => Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resource(builder.Environment))
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Net.Http", "System.Runtime", "Npgsql", OurSources)
            .AddOtlpExporter()
            .Build());
        builder.Services.AddHostedService<ObservabilityProviders>();
    }

    private static ResourceBuilder Resource(IHostEnvironment environment) =>
        ResourceBuilder.CreateDefault().AddService(environment.ApplicationName).AddEnvironmentVariableDetector();
}

/// <summary>Starts the providers with the host; the container disposes and so flushes them.</summary>
internal sealed class ObservabilityProviders(TracerProvider traces, MeterProvider metrics) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        traces.ForceFlush(2000);
        metrics.ForceFlush(2000);
        return Task.CompletedTask;
    }
}
