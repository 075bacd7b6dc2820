using System.Net;
using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Hints;
using Lyceum.ModelHost.Library;
using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Scheduling;
using Lyceum.ModelHost.Telemetry;
using Lyceum.ModelHost.Upkeep;
using Lyceum.ModelHost.Usage;
using Lyceum.ServiceDefaults.Exams;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.LearningEvents;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Api;

/// <summary>Ollama's and OpenAI's endpoints.</summary>
internal static class ModelEndpoints
{
    private static readonly string[] GetOrHead = [HttpMethods.Get, HttpMethods.Head];

    public static void AddModels(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<NodesOptions>().Configure<IConfiguration>(NodesOptions.Bind).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<NodesOptions>, NodesOptionsValidator>();
        // The first writer that can write does: ours goes before the ProblemDetails of the defaults.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, ApiErrorWriter>());
        builder.AddExams();
        builder.AddLearningEvents();
        builder.Services.AddSingleton<ModelTelemetry>();
        builder.Services.AddSingleton<NodeClient>();
        builder.Services.AddSingleton<NodeFleet>();
        builder.Services.TryAddSingleton<HostLookup>(Dns.GetHostAddressesAsync);
        builder.Services.AddHostedService<NodeDiscovery>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<NodeFleet>());
        builder.Services.AddSingleton<NodeDrains>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<NodeDrains>());
        builder.Services.AddSingleton<ModelResolver>();
        builder.Services.AddSingleton<ModelForwarder>();
        builder.AddScheduling();
        builder.AddLibrary();
        builder.AddUsage();
        builder.AddUpkeep();
        builder.Services.AddSingleton<HintCatalogue>();
        builder.Services.AddSingleton<HintTutor>();
        builder.Services.AddSingleton<HintResponder>();
    }

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", GetOrHead, () => TypedResults.Text("Ollama is running"));
        routes.MapMethods("/api/version", GetOrHead, ModelListing.VersionAsync);
        routes.MapMethods("/api/tags", GetOrHead, ModelListing.TagsAsync);
        routes.MapGet("/api/ps", ModelListing.RunningAsync);
        routes.MapGet("/v1/models", ModelListing.OpenAiModelsAsync);
        routes.MapGet("/v1/models/{**model}", ModelListing.OpenAiModelAsync);
        foreach (var operation in (ReadOnlySpan<ModelOperation>)
            [
                ModelOperation.Chat, ModelOperation.Generate, ModelOperation.Show, ModelOperation.Embed, ModelOperation.OldEmbeddings,
                ModelOperation.ChatCompletions, ModelOperation.Completions, ModelOperation.Embeddings, ModelOperation.Responses,
            ])
        {
            routes.MapPost(operation.Path, (HttpContext context, ExamGate exams, ModelResolver resolver, ModelForwarder forwarder, HintResponder hints) =>
                RunAsync(context, operation, exams, resolver, forwarder, hints));
        }

        routes.MapLibrary();
        routes.MapUsage();
        routes.MapNodes();
    }

    private static async Task RunAsync(
        HttpContext context, ModelOperation operation, ExamGate exams, ModelResolver resolver, ModelForwarder forwarder, HintResponder hints)
    {
        if (operation.Writes && await exams.RefusalAsync(context.User.Caller(), notebook: null, context.RequestAborted) is { } refusal)
        {
            await context.WriteErrorAsync(refusal.Status, refusal.Detail);
            return;
        }

        var request = await ModelRequest.ReadAsync(context);
        switch (await resolver.PlaceAsync(request.Model, context.RequestAborted))
        {
            case Placement.BuiltIn:
                await hints.RespondAsync(context, operation, request);
                break;
            case Placement.OnNodes nodes:
                await forwarder.ForwardAsync(context, operation, request, nodes);
                break;
            case Placement.NotFound nowhere:
                await context.WriteErrorAsync(StatusCodes.Status404NotFound, nowhere.Message);
                break;
            case Placement.Away away:
                await context.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, away.Message);
                break;
        }
    }
}
