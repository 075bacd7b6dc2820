using System.Reflection;
using Lyceum.AspireLocal;
using Lyceum.AspireLocal.Manifest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting;

/// <summary>An application of several resources, ready to run or to be published.</summary>
public sealed class DistributedApplication : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly AppHostRequest _request;

    internal DistributedApplication(IHost host, AppHostRequest request)
    {
        _host = host;
        _request = request;
    }

    /// <summary>The AppHost's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts to collect the resources of an application.</summary>
    /// <param name="args">The AppHost's command line.</param>
    /// <returns>Collects the resources.</returns>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        try
        {
            return new DistributedApplicationBuilder(args, Assembly.GetEntryAssembly());
        }
        catch (FormatException exception)
        {
            throw new DistributedApplicationException($"The command line cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Runs or publishes the application, and returns when that is done.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs or publishes the application.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Done when the application has stopped or has been published.</returns>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (_request.Operation == DistributedApplicationOperation.Publish)
            {
                await _host.Services.GetRequiredService<ManifestFile>().WriteAsync(cancellationToken);
                return;
            }

            await _host.RunAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is DistributedApplicationException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(exception.Message.AsMemory(), CancellationToken.None);
            Environment.ExitCode = 1;
        }
    }

    /// <summary>Starts the application and returns once its resources are being started.</summary>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>Done when the resources are being started.</returns>
    public Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    /// <summary>Stops every resource.</summary>
    /// <param name="cancellationToken">Ends the wait for them.</param>
    /// <returns>Done when they have stopped.</returns>
    public Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
