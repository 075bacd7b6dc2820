using System.Net;
using Lyceum.AspireLocal.Dashboard;
using Lyceum.AspireLocal.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.AspireLocal.Tests;

/// <summary>An application that AspireLocal runs for a test, with real processes and its dashboard.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DistributedApplication _app;

    private TestApplication(DistributedApplication app)
    {
        _app = app;
        Server = app.Services.GetRequiredService<DashboardServer>();
        Dashboard = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(Server.Url) };
    }

    public DashboardServer Server { get; }

    /// <summary>Asks the dashboard; signed in once <see cref="SignInAsync" /> has been called.</summary>
    public HttpClient Dashboard { get; }

    public RunningResource this[string name] => _app.Services.GetRequiredService<ResourceTable>().Find(name)!;

    public static IDistributedApplicationBuilder NewBuilder(params string[] more) => DistributedApplication.CreateBuilder(
    [
        "--Dashboard:Port", "0",
        "--AspireLocal:RestartDelay", "20",
        "--AspireLocal:MaxRestartDelay", "100",
        "--AspireLocal:MaxRestarts", "3",
        "--AspireLocal:StopGrace", "5000",
        .. more,
    ]);

    public static async Task<TestApplication> StartAsync(IDistributedApplicationBuilder builder)
    {
        var app = builder.Build();
        try
        {
            await app.StartAsync();
            return new TestApplication(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public Task ReadyAsync(string name) => this[name].Ready.WaitAsync(Patience);

    public Task SignInAsync() => Dashboard.GetStringAsync(new Uri(Server.LoginUrl));

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Dashboard.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
