using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lyceum.TelemetryIngest.Tests.Studies;

/// <summary>Says the names of a course's accounts to services, as Gateway would.</summary>
internal sealed class GatewayStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _course;

    public GatewayStandIn(string course, params string[] names)
    {
        _course = course;
        var tokens = new IdentityTokens(TestIdentity.Key, IdentityTokens.InternalPurpose, "gateway", TimeSpan.FromMinutes(5), TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapGet("/accounts/names", (string course, HttpRequest request) =>
            tokens.Read(request.Headers[IdentityHeader.Name]) is not { } caller || !caller.Roles.Contains(Roles.Service) ? Results.Unauthorized()
            : Results.Json(new { names = course == _course ? names : [] }));
    }

    public string Address => _app.Urls.First();

    public Task StartAsync() => _app.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
