using Lyceum.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Lyceum.ServiceDefaults.Tests;

/// <summary>A service with nothing but the defaults and what a test adds.</summary>
internal static class SmallService
{
    public static async Task<WebApplication> StartAsync(
        Action<WebApplicationBuilder>? add = null, Action<WebApplication>? map = null, params KeyValuePair<string, string?>[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration
            .AddInMemoryCollection([new("Identity:Key", TestIdentity.Key), new("OTEL_SERVICE_NAME", "small")])
            .AddInMemoryCollection(settings);
        builder.AddServiceDefaults();
        add?.Invoke(builder);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        map?.Invoke(app);
        await app.StartAsync();
        return app;
    }

    public static string Address(this WebApplication app) => app.Urls.First();

    public static HttpClient Client(this WebApplication app) => new() { BaseAddress = new Uri(app.Address()) };
}
