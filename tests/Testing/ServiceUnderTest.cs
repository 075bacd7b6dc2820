using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lyceum.Testing;

/// <summary>
/// A service on a real Kestrel port of 127.0.0.1, configured as AppHost would, in the test's process.
/// </summary>
/// <typeparam name="TProgram">The service's <c>Program</c>.</typeparam>
/// <param name="settings">Configuration by key, such as <c>ConnectionStrings:chatdb</c>.</param>
public sealed class ServiceUnderTest<TProgram>(params IEnumerable<KeyValuePair<string, string?>> settings) : WebApplicationFactory<TProgram>
    where TProgram : class
{
    private readonly KeyValuePair<string, string?>[] _settings = [.. settings];
    private readonly ErrorLog _errors = new();

    // Each host would watch its settings' files, which none of the tests changes; of watchers a user has 128 on Linux.
    static ServiceUnderTest() => Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");

    /// <summary>Puts parts of the outside world, such as DNS, in the place of the service's own.</summary>
    public Action<IServiceCollection>? Outside { get; init; }

    /// <summary>The exceptions that the service and its server have logged as errors.</summary>
    public IReadOnlyCollection<string> Errors => _errors.Messages;

    /// <summary>Starts the service and answers once it is ready.</summary>
    public async Task<ServiceUnderTest<TProgram>> StartedAsync()
    {
        // Without a port here: the factory would set it while the service may already be starting.
        UseKestrel();
        StartServer();
        using var client = CreateClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (; ; await Task.Delay(50, limit.Token))
        {
            using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), limit.Token);
            if (response.IsSuccessStatusCode)
            {
                return this;
            }
        }
    }

    /// <summary>A client whose requests come from the caller.</summary>
    public HttpClient ClientFor(CallerIdentity caller) => CreateClient().As(caller);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _errors.Dispose();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.UseSetting("Identity:Key", TestIdentity.Key);
        builder.ConfigureServices(services =>
        {
            services.AddSingleton<ILoggerProvider>(_errors);
            Outside?.Invoke(services);
        });
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }
    }
}
