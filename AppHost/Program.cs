using Lyceum.AppHost;
using Lyceum.AppHost.Backing;
using Lyceum.AppHost.Publishing;
using Lyceum.AppHost.Secrets;

try
{
    var builder = DistributedApplication.CreateBuilder(args);
    var settings = AppHostSettings.Read(builder);
    var secrets = SuiteSecrets.Add(builder, settings);
    var cluster = builder.AddPublishTarget();
    var backing = builder.AddBacking(settings, secrets, cluster);

    var modelhost = builder.AddService<Projects.ModelHost>("modelhost", secrets)
        .WithModels(backing.Models)
        .WithEnvironment("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1")
        .WithEnvironment("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1")
        .WithOutbox(settings)
        .WithCache(backing);

    var telemetryingest = builder.AddService<Projects.TelemetryIngest>("telemetryingest", secrets)
        .WithDatabase(backing, "telemetrydb");

    var kernelservice = builder.AddService<Projects.KernelService>("kernelservice", secrets)
        .WithoutDiagnostics()
        .WithKernelReplicas(settings, backing)
        .WithWorkspaces(settings, cluster)
        .WithKernelAccounts(cluster)
        .WithOutbox(settings)
        .WithCache(backing)
        .WithReference(telemetryingest);

    var chatservice = builder.AddService<Projects.ChatService>("chatservice", secrets)
        .WithDatabase(backing, "chatdb")
        .WithOutbox(settings)
        .WithCache(backing)
        .WithReference(modelhost)
        .WithReference(kernelservice)
        .WithReference(telemetryingest);

    // ChatService runs code in kernels, and kernels' assistants ask ChatService. It knows of exams, in which models answer no student.
    kernelservice.WithReference(chatservice);
    modelhost.WithReference(chatservice).WithReference(telemetryingest);

    var gateway = builder.AddService<Projects.Gateway>("gateway", secrets, settings.GatewayPort)
        .WithExternalHttpEndpoints()
        .WithDatabase(backing, "gatewaydb")
        .WithOutbox(settings)
        .WithCache(backing)
        .WithEnvironment("Accounts__LearnerKey", secrets.LearnerKey)
        .WithEnvironment("Accounts__OwnerToken", secrets.OwnerToken)
        .WithReference(modelhost)
        .WithReference(telemetryingest)
        .WithReference(kernelservice)
        .WithReference(chatservice);

    cluster?.Open(gateway, modelhost, telemetryingest, kernelservice, chatservice);

    // Exports of studies mask the names of the course's people, which Gateway knows.
    telemetryingest.WithReference(gateway);

    gateway.AnnounceWhenReady(settings, modelhost, telemetryingest, kernelservice, chatservice);
    builder.Build().Run();
    return Environment.ExitCode;
}
catch (DistributedApplicationException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
