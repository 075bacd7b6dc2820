using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Lyceum.AspireLocal;
using Lyceum.AspireLocal.Manifest;
using Lyceum.AspireLocal.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly List<IResource> _resources = [];

    public DistributedApplicationBuilder(string[] args, Assembly? appHost)
    {
        AppHostDirectory = DirectoryOf(appHost);
        _host = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = args,
            ContentRootPath = AppHostDirectory,
            ApplicationName = appHost?.GetName().Name ?? "AppHost",
        });
        Request = AppHostRequest.Read(args, _host.Configuration);
        ExecutionContext = new DistributedApplicationExecutionContext(Request.Operation);

        _host.Logging.AddSimpleConsole(console => console.SingleLine = true);
        _host.Logging.AddFilter("Microsoft", LogLevel.Warning);
        _host.Logging.AddFilter("System", LogLevel.Warning);

        // Until a resource is ready its checks fail ten times a second; its state says so once.
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        _host.Services.AddHealthChecks();
        _host.Services.AddSingleton(TimeProvider.System);
        _host.Services.AddSingleton(ExecutionContext);
        _host.Services.AddSingleton<IReadOnlyList<IResource>>(_resources);
        if (ExecutionContext.IsRunMode)
        {
            _host.Services.AddRunning();
        }
        else
        {
            _host.Services.AddSingleton(Request);
            _host.Services.AddSingleton<ManifestFile>();
        }
    }

    public AppHostRequest Request { get; }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IReadOnlyList<IResource> Resources => _resources;

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (_resources.Any(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new DistributedApplicationException($"There are two resources called '{resource.Name}'; names must be unique.");
        }

        _resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build() => new(_host.Build(), Request);

    private static string DirectoryOf(Assembly? appHost)
    {
        var recorded = appHost?.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == "apphostprojectpath")?.Value;
        return Directory.Exists(recorded) ? Path.GetFullPath(recorded) : Directory.GetCurrentDirectory();
    }
}
