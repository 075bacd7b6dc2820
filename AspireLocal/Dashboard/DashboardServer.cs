using System.Globalization;
using System.Net;
using Aspire.Hosting;
using Lyceum.AspireLocal.Running;
using Lyceum.AspireLocal.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>The dashboard and the OTLP receiver, on one loopback port of the AppHost process.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private const int DefaultPort = 18888;
    private const long MaxBody = 8 * 1024 * 1024;

    private readonly DashboardAccess _access = new();
    private readonly WebApplication _app;

    public DashboardServer(ResourceTable table, TelemetryStore store, IConfiguration configuration, TimeProvider time)
    {
        Port = PortFrom(configuration);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "AspireLocal" });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(table);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(time);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.MaxConcurrentConnections = 512;
            kestrel.AddServerHeader = false;
            kestrel.ListenLocalhost(Port);
        });
        _app = builder.Build();
        _app.Use(_access.CheckAsync);
        _app.MapOtlp();
        _app.MapPages();
    }

    public int Port { get; }

    public string Url => $"http://localhost:{Port}";

    public string LoginUrl => $"{Url}/?token={_access.Token}";

    public string OtlpKey => _access.OtlpKey;

    public Task StartAsync(CancellationToken cancellationToken) => _app.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static int PortFrom(IConfiguration configuration)
    {
        var text = configuration["Dashboard:Port"];
        if (text is null)
        {
            var url = (configuration["ASPNETCORE_URLS"] ?? configuration["URLS"])?.Split(';')[0];
            return Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Port > 0 ? parsed.Port : DefaultPort;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
        {
            throw new DistributedApplicationException($"Dashboard:Port is '{text}'; write a port from 1 to 65535, such as {DefaultPort}, or 0 for a free one.");
        }

        return port > 0 ? port : PortAllocation.AnyFree();
    }
}
